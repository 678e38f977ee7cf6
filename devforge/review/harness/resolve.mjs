// Lets TypeScript find its files as its compiler does: `./parts.js` and `./parts` mean `./parts.ts`
// where no such script is there, and `src/parts` what the paths of tsconfig.json make of it. A file
// with imports is a module, though package.json says that it is compiled into CommonJS: it has `require`
// and `__dirname` all the same. JSON may be imported without saying that it is, also by the names in it.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const WORK = 'file:///work/';
const ENDINGS = { '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'] };
const JSON_FILE = /^file:.*\.json$/;
const TYPESCRIPT = /\.[cm]?tsx?$/;
const NAME = /^(?!default$)[a-z_$][\w$]*$/i;
const COMMON_JS = {
  __dirname: 'const __dirname = import.meta.dirname; ',
  __filename: 'const __filename = import.meta.filename; ',
  'require(': "import { createRequire as _require } from 'node:module'; const require = _require(import.meta.url); ",
};
const DECLARES = (name) => new RegExp(`\\b(?:const|let|var|function|import|as)\\s+${name.replace('(', '')}\\b`);
const MODULE = /^\s*(?:import\s*[\w{*'"]|export\s+[\w{*])/m;

registerHooks({
  resolve(specifier, context, next) {
    try {
      return asModule(next(specifier, context), context);
    } catch (error) {
      for (const candidate of candidates(specifier, context)) {
        try {
          return asModule(next(candidate, context), context);
        } catch {
          // the next one, and at last the first error, which names what the author wrote
        }
      }
      throw error;
    }
  },
  load(url, context, next) {
    if (context.format === 'module-typescript') return withCommonJs(next(url, context));
    if (context.format !== 'module' || !JSON_FILE.test(url)) return next(url, context);
    return { format: 'module', source: jsonModule(readFileSync(new URL(url), 'utf8')), shortCircuit: true };
  },
});

function asModule(found, { parentURL = '', conditions = [], importAttributes = {} }) {
  const isPlain = conditions.includes('import') && !importAttributes.type;
  if (JSON_FILE.test(found.url) && TYPESCRIPT.test(parentURL) && isPlain) return { ...found, format: 'module' };
  const isCompiled = found.format === 'commonjs-typescript' || (!found.format && TYPESCRIPT.test(found.url));
  if (!isCompiled || !MODULE.test(readFileSync(new URL(found.url), 'utf8'))) return found;
  return { ...found, format: 'module-typescript' };
}

// `package/part` of a package that says nothing of its parts: what is compiled into CommonJS finds `package/part.js`.
const PART = /^(?:@[^/]+\/)?[^/.][^/]*\/.*[^/]$/;

function candidates(specifier, { parentURL = '' }) {
  const isPath = /^\.{0,2}\//.test(specifier) || specifier.startsWith('file:');
  const meant = isPath ? [specifier] : mapped(specifier);
  const parts = TYPESCRIPT.test(parentURL) && PART.test(specifier) ? [`${specifier}.js`, `${specifier}/index.js`] : [];
  return [...meant.flatMap((path) => (isPath ? endings(path) : [path, ...endings(path)])), ...parts];
}

function endings(path) {
  const ending = /\.[cm]?js$/.exec(path)?.[0];
  if (ending) return ENDINGS[ending].map((other) => path.slice(0, -ending.length) + other);
  return ['.ts', '.js', '/index.ts', '/index.js'].map((other) => path.replace(/\/$/, '') + other);
}

// Where tsconfig.json says that what looks like a package lies inside the extension.
function mapped(specifier) {
  const { baseUrl, paths = {} } = options();
  const base = new URL(`${baseUrl ?? '.'}/`, WORK);
  const found = [];
  for (const [pattern, targets] of Object.entries(paths)) {
    const [before, after] = pattern.split('*');
    const isStarred = after !== undefined;
    if (isStarred ? !(specifier.startsWith(before) && specifier.endsWith(after)) : specifier !== pattern) continue;
    const middle = isStarred ? specifier.slice(before.length, specifier.length - after.length) : '';
    found.push(...[targets].flat().map((target) => String(target).replace('*', middle)));
  }
  if (baseUrl !== undefined) found.push(specifier);
  return found.map((path) => new URL(path, base).href).filter((url) => url.startsWith(WORK));
}

// On the first line, so that lines stay where they are; what the file declares itself is left to it.
function withCommonJs(found) {
  const text = String(found.source);
  const wanted = Object.entries(COMMON_JS).filter(([name]) => text.includes(name) && !DECLARES(name).test(text));
  return { ...found, source: `${wanted.map(([, line]) => line).join('')}${text}` };
}

function jsonModule(text) {
  const value = JSON.parse(text);
  const keys = value && typeof value === 'object' ? Object.keys(value).filter((key) => NAME.test(key)) : [];
  const names = keys.map((key, at) => `const v${at}_ = data[${JSON.stringify(key)}]; export { v${at}_ as ${key} };`);
  return `const data = JSON.parse(${JSON.stringify(text)});\nexport default data;\n${names.join('\n')}`;
}

let known;
function options() {
  try {
    known ??= JSON.parse(withoutComments(readFileSync(new URL('tsconfig.json', WORK), 'utf8'))).compilerOptions;
  } catch {
    // no tsconfig.json, or none that can be read: nothing is mapped
  }
  return (known ??= {});
}

function withoutComments(text) {
  return text
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*|\/\*[^]*?\*\//g, (_, string) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string) => string ?? '');
}

// Lets TypeScript find its files as its compiler does: `./parts.js` and `./parts` mean `./parts.ts`
// where no such script is there.

import { registerHooks } from 'node:module';

const ENDINGS = { '.js': ['.ts', '.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'] };

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (!/^\.{0,2}\//.test(specifier) && !specifier.startsWith('file:')) throw error;
      for (const candidate of candidates(specifier)) {
        try {
          return next(candidate, context);
        } catch {
          // the next ending, and at last the first error, which names what the author wrote
        }
      }
      throw error;
    }
  },
});

function candidates(specifier) {
  const ending = /\.[cm]?js$/.exec(specifier)?.[0];
  if (ending) return ENDINGS[ending].map((other) => specifier.slice(0, -ending.length) + other);
  return ['.ts', '.js', '/index.ts', '/index.js'].map((other) => specifier.replace(/\/$/, '') + other);
}

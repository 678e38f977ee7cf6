// Runs in the sandbox: starts a JavaScript or TypeScript extension, or times one of its functions.
//
//     activate.mjs activate ENTRY                      {"seconds": 0.01, "memory_bytes": 52000000}
//     activate.mjs imports ENTRY                       {"imports": [{"name": "typescript", "seconds": 0.2}, …]}
//     activate.mjs benchmark FILE#FUNCTION SECONDS RUNS {"seconds": [0.01, 0.011, …]}
//
// The answer, or {"error": "…"}, is one JSON object on descriptor 3.

import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { context } from '/host/host.mjs';

const RESULT_FD = 3;
const KEPT_IMPORTS = 10;
const MOST_RUNS = 50;

async function activate(entry) {
  const seconds = await begin(entry);
  return { seconds, memory_bytes: process.resourceUsage().maxRSS * 1024 };
}

// Does what a host does with an extension; says how many seconds it took.
async function begin(entry) {
  const start = performance.now();
  const module = await load(entry);
  const activate = module.activate ?? module.default?.activate;
  if (activate !== undefined) await activate(context);
  return (performance.now() - start) / 1000;
}

// Starts it under the profiler; each moment counts to the package, or file, that was first on the stack.
async function imports(entry) {
  const session = new (await import('node:inspector/promises')).Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await begin(entry);
  const { profile } = await session.post('Profiler.stop');
  const dearest = Object.entries(shares(profile)).sort(([, one], [, other]) => other - one);
  return { imports: dearest.slice(0, KEPT_IMPORTS).map(([name, seconds]) => ({ name: name.slice(0, 200), seconds })) };
}

function shares({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const owners = new Map();
  const visit = (node, above) => {
    // A package keeps what it calls; the extension's own files keep only what no package was called for.
    const owner = above?.isPackage ? above : (owned(node.callFrame.url) ?? above);
    owners.set(node.id, owner);
    for (const child of node.children ?? []) visit(byId.get(child), owner);
  };
  visit(nodes[0], undefined);
  const spent = {};
  samples.forEach((id, index) => {
    const name = owners.get(id)?.name;
    if (name !== undefined) spent[name] = (spent[name] ?? 0) + Math.max(0, timeDeltas[index]) / 1e6;
  });
  return spent;
}

function owned(url) {
  const path = url.replace(/^file:\/\//, '');
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (name !== undefined) return { name, isPackage: true };
  return path.startsWith('/work/') ? { name: path.slice('/work/'.length), isPackage: false } : undefined;
}

async function benchmark(call, budget, least) {
  const [file, name] = call.split('#');
  const module = await load(file);
  const run = module[name] ?? module.default?.[name];
  if (typeof run !== 'function') throw new Error(`${file} exports no function ${name}`);
  await run();
  const seconds = [];
  for (let spent = 0; seconds.length < Number(least) || (spent < Number(budget) && seconds.length < MOST_RUNS); ) {
    const start = performance.now();
    await run();
    seconds.push((performance.now() - start) / 1000);
    spent += seconds.at(-1);
  }
  return { seconds };
}

function load(path) {
  return import(pathToFileURL(`/work/${path}`).href);
}

function said(error) {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  const lines = text.split('\n').filter((line) => !line.includes('/harness/') && !line.includes('node:internal'));
  return lines.join('\n').slice(0, 4000);
}

function answer(value) {
  writeSync(RESULT_FD, JSON.stringify(value));
  process.exit(0);
}

process.on('uncaughtException', (error) => answer({ error: said(error) }));
process.on('beforeExit', () => answer({ error: 'activation waits for something that never comes' }));

const [what, ...rest] = process.argv.slice(2);
answer(await { activate, imports, benchmark }[what](...rest).catch((error) => ({ error: said(error) })));

// Runs in the sandbox: starts a JavaScript or TypeScript extension, or times one of its functions.
//
//     activate.mjs activate ENTRY             {"seconds": 0.01, "memory_bytes": 52000000}
//     activate.mjs benchmark FILE#FUNCTION    {"seconds": [0.01, 0.011, …]}
//
// The answer, or {"error": "…"}, is one JSON object on descriptor 3.

import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

import { context } from './host.mjs';

const RESULT_FD = 3;
const BUDGET_SECONDS = 2;
const MOST_RUNS = 50;
const LEAST_RUNS = 5;

async function activate(entry) {
  const start = performance.now();
  const module = await load(entry);
  const begin = module.activate ?? module.default?.activate;
  if (begin !== undefined) await begin(context);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, memory_bytes: process.resourceUsage().maxRSS * 1024 };
}

async function benchmark(call) {
  const [file, name] = call.split('#');
  const module = await load(file);
  const run = module[name] ?? module.default?.[name];
  if (typeof run !== 'function') throw new Error(`${file} exports no function ${name}`);
  await run();
  const seconds = [];
  for (let spent = 0; seconds.length < LEAST_RUNS || (spent < BUDGET_SECONDS && seconds.length < MOST_RUNS); ) {
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

const [what, where] = process.argv.slice(2);
answer(await (what === 'activate' ? activate : benchmark)(where).catch((error) => ({ error: said(error) })));

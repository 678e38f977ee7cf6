// Runs in the sandbox: what Node's test runner saw, as one JSON object on descriptor 3. It lives in the
// runner's own process; the extension's tests run in others, which have no such descriptor.

import { writeSync } from 'node:fs';
import { relative, resolve } from 'node:path';

const RESULT_FD = 3;
const KEPT_FAILURES = 20;
const WORK = '/work';

export default async function* reporter(source) {
  const answer = { passed: 0, failed: 0, skipped: 0, failures: [], error: '', coverage: [] };
  const said = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:pass' || type === 'test:fail') count(answer, type, data, said);
    if (type === 'test:stderr') said.set(inner(data.file), (said.get(inner(data.file)) ?? '').slice(-20_000) + data.message);
    if (type === 'test:coverage') answer.coverage = data.summary.files.map(covered);
    if (type === 'test:stderr') yield data.message;
  }
  const content = Buffer.from(JSON.stringify(answer));
  for (let sent = 0; sent < content.length; ) sent += writeSync(RESULT_FD, content, sent);
}

function count(answer, type, data, said) {
  const failure = data.details?.error;
  // A suite, and a test that holds others, end as these do.
  if (data.details?.type === 'suite' || failure?.failureType === 'subtestsFailed') return;
  const file = inner(data.file);
  // A file is a test of its own where it holds none: as `node file.js` runs it, it just asserts.
  const isFile = inner(data.name) === file;
  if (data.skip !== undefined || data.todo !== undefined) answer.skipped += 1;
  else if (type === 'test:pass') answer.passed += 1;
  else {
    answer.failed += 1;
    const what = isFile ? crash(said.get(file), failure) : `${data.name}: ${reason(failure)}`;
    if (answer.failures.length < KEPT_FAILURES) answer.failures.push(`${file.startsWith('..') ? '' : `${file}: `}${what}`.slice(0, 500));
  }
}

function inner(path) {
  return path ? relative(WORK, resolve(WORK, path)) : '';
}

function reason(error) {
  const cause = error?.cause;
  const text = (typeof cause === 'string' ? cause : cause?.message) ?? error?.message ?? 'failed';
  return String(text).split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 3).join(' ');
}

function crash(said, error) {
  const lines = (said ?? '').split('\n').map((line) => line.trim());
  return lines.find((line) => /^(?:Uncaught )?[\w.]*(?:Error|Exception)\b.*:/.test(line)) ?? reason(error);
}

function covered({ path, lines }) {
  return { path: relative(WORK, path), seen: lines.map(({ line }) => line), missing: lines.filter(({ count }) => count === 0).map(({ line }) => line) };
}

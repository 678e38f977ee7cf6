// Runs in the sandbox: tests written for jest or vitest, by the runner that the lock installed.
//
//     run_elsewhere.mjs jest|vitest
//
// Both write jest's JSON report and Istanbul's coverage; the answer is one JSON object on descriptor 3.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { relative } from 'node:path';

const RESULT_FD = 3;
const KEPT_FAILURES = 20;
const WORK = '/work';
const REPORT = '/tmp/report.json';
const COVERED = '/tmp/coverage';

const COMMANDS = {
  jest: ['/node_modules/jest/bin/jest.js', '--ci', '--json', `--outputFile=${REPORT}`, '--coverage', '--watchman=false',
    '--coverageReporters=json', `--coverageDirectory=${COVERED}`, '--coverageThreshold={}', '--cacheDirectory=/tmp/cache'],
  vitest: ['/node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${REPORT}`, '--coverage.enabled',
    '--coverage.reporter=json', '--coverage.reportOnFailure', `--coverage.reportsDirectory=${COVERED}`, '--cache=false'],
};

function counted(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ file, test })));
  const is = (...states) => tests.filter(({ test }) => states.includes(test.status));
  const broken = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((t) => t.status === 'failed'));
  const failed = is('failed');
  return {
    passed: is('passed').length,
    failed: failed.length + broken.length,
    skipped: is('pending', 'skipped', 'todo', 'disabled').length,
    failures: [
      ...broken.map((file) => line(file, 'the file', file.message)),
      ...failed.map(({ file, test }) => line(file, test.fullName, test.failureMessages?.[0])),
    ].slice(0, KEPT_FAILURES),
  };
}

function line(file, name, message) {
  const reason = String(message ?? 'failed').replace(/\u001b\[[0-9;]*m/g, '').split('\n').map((part) => part.trim()).filter(Boolean);
  return `${relative(WORK, file.name)}: ${name}: ${reason.slice(0, 3).join(' ')}`.slice(0, 500);
}

function covered(file) {
  const seen = new Map();
  for (const [id, { start }] of Object.entries(file.statementMap)) {
    seen.set(start.line, Math.max(seen.get(start.line) ?? 0, file.s[id]));
  }
  const lines = [...seen.keys()].filter((number) => number > 0);
  return { path: relative(WORK, file.path), seen: lines, missing: lines.filter((number) => seen.get(number) === 0) };
}

function answer(value) {
  const content = Buffer.from(JSON.stringify(value));
  for (let sent = 0; sent < content.length; ) sent += writeSync(RESULT_FD, content, sent);
}

const [runner] = process.argv.slice(2);
const done = spawnSync(process.execPath, COMMANDS[runner], { cwd: WORK, stdio: ['ignore', 'inherit', 'inherit'] });
if (!existsSync(REPORT)) answer({ error: `${runner} ended with status ${done.status} and wrote no report` });
else {
  const map = `${COVERED}/coverage-final.json`;
  const files = existsSync(map) ? Object.values(JSON.parse(readFileSync(map, 'utf8'))) : [];
  answer({ ...counted(JSON.parse(readFileSync(REPORT, 'utf8'))), coverage: files.map(covered) });
}

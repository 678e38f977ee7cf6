// Speaks mocha's words in Node's test runner: `describe`, `it` and their hooks as globals, a `done` to
// call, and a `this` whose settings are accepted. Loaded before test files that are written for mocha.

import * as runner from 'node:test';

const settings = { timeout: () => settings, slow: () => settings, retries: () => settings };

function inner(run, ...first) {
  if (typeof run !== 'function') return undefined;
  const self = { ...settings, test: {}, skip: () => first[0]?.skip?.() };
  if (run.length === 0) return run.call(self);
  return new Promise((resolve, reject) => run.call(self, (error) => (error ? reject(error) : resolve())));
}

function test(node) {
  const make = (name, run) => (run ? node(name, (context) => inner(run, context)) : node.todo(name));
  return Object.assign(make, { skip: (name) => node.skip(name), only: make });
}

function suite(node) {
  const make = (name, run) => node(name, () => run.call(settings));
  return Object.assign(make, { skip: (name) => node.skip(name), only: make });
}

const hook = (node) => (name, run) => node(() => inner(run ?? name));

Object.assign(globalThis, {
  describe: suite(runner.describe), context: suite(runner.describe), suite: suite(runner.describe),
  it: test(runner.it), specify: test(runner.it), test: test(runner.it),
  before: hook(runner.before), after: hook(runner.after), setup: hook(runner.beforeEach),
  beforeEach: hook(runner.beforeEach), afterEach: hook(runner.afterEach), teardown: hook(runner.afterEach),
});

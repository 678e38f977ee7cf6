import assert from 'node:assert/strict';
import { test } from 'node:test';

import { outlineADeepDocument } from '../src/benchmarks.ts';
import { at, outline, render } from '../src/outline.ts';
import type { Json } from '../src/outline.ts';

const DOCUMENT: Json = { users: [{ name: 'Ada' }, { name: 'Bob' }], count: 2, next: null };

test('parents come before their children', () => {
  assert.deepEqual(
    outline(DOCUMENT).map((line) => line.path),
    ['$', '$.users', '$.users[0]', '$.users[0].name', '$.users[1]', '$.users[1].name', '$.count', '$.next'],
  );
});

test('a path leads to its value, and nowhere else', () => {
  assert.equal(at(DOCUMENT, '$.users[1].name'), 'Bob');
  assert.equal(at(DOCUMENT, '$.users[2].name'), undefined);
  assert.equal(at(DOCUMENT, '$.toString'), undefined);
  assert.equal(at(DOCUMENT, '$'), DOCUMENT);
});

test('a document without end is cut', () => {
  let deep: Json = 'bottom';
  for (let level = 0; level < 50; level += 1) deep = { deep };

  assert.equal(outline(deep).length, 13);
});

test('long text is shortened and columns line up', () => {
  const [first, second] = render(outline({ text: 'x'.repeat(100) })).split('\n');

  assert.ok(second.endsWith('…'));
  assert.equal(first.indexOf('object'), second.indexOf('string'));
});

test('the benchmark runs', () => {
  outlineADeepDocument();
});

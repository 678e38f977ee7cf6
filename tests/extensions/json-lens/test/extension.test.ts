import assert from 'node:assert/strict';
import { test } from 'node:test';

import { activate } from '../src/extension.ts';

test('both commands answer', () => {
  const commands = new Map<string, (...args: string[]) => void>();
  const written: string[] = [];
  activate({
    commands: { register: (name, run) => void commands.set(name, run) },
    workspace: { read: () => '{"a": [1]}' },
    output: { write: (text) => void written.push(text) },
  });

  commands.get('json-lens.outline')?.('a.json');
  commands.get('json-lens.at')?.('a.json', '$.a[0]');
  commands.get('json-lens.at')?.('a.json', '$.b');

  assert.match(written[0], /^\$ +object +1 keys/);
  assert.deepEqual(written.slice(1), ['1', '$.b: nothing there']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { activate } from '../src/extension.js';
import { add, find, parse } from '../src/notes.js';

const DAY = new Date('2026-03-01T12:00:00Z');

test('a note is one line, whatever was typed', () => {
  assert.equal(add('', ' call\nthe  printer ', DAY), '- 2026-03-01 call the printer\n');
});

test('an unfinished last line is finished first', () => {
  assert.equal(add('# Notes', 'x', DAY), '# Notes\n- 2026-03-01 x\n');
});

test('tags are words after a hash', () => {
  assert.deepEqual(parse('- 2026-03-01 call #Office a#b #größe')[0].tags, ['office', 'größe']);
});

test('search finds tags and words', () => {
  const notes = '- 2026-03-01 call the printer #office\n- 2026-03-02 an idea #ideas\n';

  assert.deepEqual(find(notes, '#ideas').map((note) => note.day), ['2026-03-02']);
  assert.deepEqual(find(notes, 'PRINTER').map((note) => note.day), ['2026-03-01']);
  assert.deepEqual(find(notes, '#call'), []);
});

test('the commands keep notes in the workspace', () => {
  const files = new Map();
  const commands = new Map();
  const written = [];
  activate({
    commands: { register: (name, run) => commands.set(name, run) },
    workspace: {
      files: () => [...files.keys()],
      read: (path) => files.get(path),
      write: (path, text) => files.set(path, text),
    },
    output: { write: (text) => written.push(text) },
  });

  commands.get('quick-note.add')('buy milk #home');
  commands.get('quick-note.find')('#home');
  commands.get('quick-note.find')('#away');

  assert.match(written[0], /^\d{4}-\d{2}-\d{2} {2}buy milk #home$/);
  assert.equal(written[1], 'no note has #away');
});

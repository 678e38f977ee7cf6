/** The extension others are measured against: what a small, ordinary one does when it starts. */

import { basename } from 'node:path';

import { headings } from './headings.js';

const TASK = /^\s*[-*] \[([ xX])\] (.+)$/gm;

/** The tasks of a Markdown text, in its order. */
export function tasks(text) {
  return [...text.matchAll(TASK)].map(([, mark, rest]) => ({ text: rest, done: mark !== ' ' }));
}

/** Register three commands. */
export function activate(context) {
  const { commands, output, workspace } = context;
  commands.register('reference.tasks', (path) => {
    output.write(JSON.stringify(tasks(workspace.read(path)).filter((task) => !task.done)));
  });
  commands.register('reference.headings', (path) => {
    output.write(headings(workspace.read(path)).map((h) => '  '.repeat(h.level) + h.title).join('\n'));
  });
  commands.register('reference.files', () => {
    output.write(workspace.files().map((path) => basename(path)).sort().join('\n'));
  });
}

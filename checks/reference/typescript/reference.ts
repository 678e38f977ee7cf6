/** The extension others are measured against: what a small, ordinary one does when it starts. */

import { basename } from 'node:path';

import { headings } from './headings.ts';

const TASK = /^\s*[-*] \[([ xX])\] (.+)$/gm;

interface Task {
  text: string;
  done: boolean;
}

interface Context {
  commands: { register(name: string, run: (path: string) => void): void };
  workspace: { files(): string[]; read(path: string): string };
  output: { write(text: string): void };
}
/** The tasks of a Markdown text, in its order. */
export function tasks(text: string): Task[] {
  return [...text.matchAll(TASK)].map(([, mark, rest]) => ({ text: rest, done: mark !== ' ' }));
}

/** Register three commands. */
export function activate(context: Context): void {
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

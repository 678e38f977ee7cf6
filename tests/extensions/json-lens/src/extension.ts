/** Puts the outline into the editor's command palette. */

import { at, outline, render } from './outline.ts';
import type { Json } from './outline.ts';

interface Context {
  commands: { register(name: string, run: (...args: string[]) => void): void };
  workspace: { read(path: string): string };
  output: { write(text: string): void };
}

export function activate(context: Context): void {
  const parse = (path: string): Json => JSON.parse(context.workspace.read(path)) as Json;

  context.commands.register('json-lens.outline', (path) => {
    context.output.write(render(outline(parse(path))));
  });
  context.commands.register('json-lens.at', (path, where) => {
    const found = at(parse(path), where);
    context.output.write(found === undefined ? `${where}: nothing there` : JSON.stringify(found, null, 2));
  });
}

/** The outline of a JSON document and the value at a path. Knows no editor. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Line {
  path: string;
  kind: string;
  shown: string;
}

const DEEPEST = 12;
const LONGEST = 40;

/** One line for each value of the document, parents first, no deeper than twelve levels. */
export function outline(value: Json, path = '$', depth = 0): Line[] {
  const lines = [describe(value, path)];
  if (depth >= DEEPEST || value === null || typeof value !== 'object') return lines;
  for (const [key, inner] of Object.entries(value)) {
    const next = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    lines.push(...outline(inner, next, depth + 1));
  }
  return lines;
}

/** The value at `path`, or undefined where the document has none. */
export function at(value: Json, path: string): Json | undefined {
  const steps = path.replace(/^\$\.?/, '').split(/[.[\]]+/).filter(Boolean);
  let here: Json | undefined = value;
  for (const step of steps) {
    if (here === null || typeof here !== 'object') return undefined;
    here = Object.hasOwn(here, step) ? (here as Record<string, Json>)[step] : undefined;
    if (here === undefined) return undefined;
  }
  return here;
}

/** The outline as aligned text. */
export function render(lines: Line[]): string {
  const width = Math.max(0, ...lines.map((line) => line.path.length));
  return lines.map((line) => `${line.path.padEnd(width)}  ${line.kind.padEnd(7)}  ${line.shown}`).join('\n');
}

function describe(value: Json, path: string): Line {
  if (Array.isArray(value)) return { path, kind: 'array', shown: `${value.length} items` };
  if (value === null) return { path, kind: 'null', shown: 'null' };
  if (typeof value === 'object') return { path, kind: 'object', shown: `${Object.keys(value).length} keys` };
  const text = JSON.stringify(value);
  return { path, kind: typeof value, shown: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
}

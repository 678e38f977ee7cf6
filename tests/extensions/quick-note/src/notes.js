/** Notes as lines of Markdown: `- 2026-03-01 call the printer #office`. */

const LINE = /^- (\d{4}-\d{2}-\d{2}) (.+)$/;

/** Every note of `markdown`, oldest first; other lines are left alone. */
export function parse(markdown) {
  return markdown
    .split('\n')
    .map((line) => LINE.exec(line))
    .filter((match) => match !== null)
    .map(([, day, text]) => ({ day, text, tags: tagsOf(text) }));
}

/** `markdown` with one more note at its end. */
export function add(markdown, text, today) {
  const line = `- ${today.toISOString().slice(0, 10)} ${text.replace(/\s+/g, ' ').trim()}`;
  return markdown === '' || markdown.endsWith('\n') ? `${markdown}${line}\n` : `${markdown}\n${line}\n`;
}

/** The notes tagged `#query`, or containing `query` in any case. */
export function find(markdown, query) {
  const wanted = query.toLowerCase();
  return parse(markdown).filter((note) =>
    wanted.startsWith('#') ? note.tags.includes(wanted.slice(1)) : note.text.toLowerCase().includes(wanted),
  );
}

function tagsOf(text) {
  return [...text.matchAll(/(?:^|\s)#([\p{L}\p{N}-]+)/gu)].map((match) => match[1].toLowerCase());
}

/** Headings of a Markdown text. */

const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/gm;

export interface Heading {
  level: number;
  title: string;
}
/** The headings in their order, each with how deep it lies, from 1. */
export function headings(text: string): Heading[] {
  return [...text.matchAll(HEADING)].map(([, marks, title]) => ({ level: marks.length, title }));
}

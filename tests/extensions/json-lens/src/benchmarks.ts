/** What the registry times for each version. */

import { outline } from './outline.ts';
import type { Json } from './outline.ts';

const LEAVES = Array.from({ length: 200 }, (_, index) => ({ id: index, name: `item ${index}`, tags: ['a', 'b'] }));
const DOCUMENT: Json = { groups: Array.from({ length: 10 }, () => ({ items: LEAVES })) };

export function outlineADeepDocument(): void {
  outline(DOCUMENT);
}

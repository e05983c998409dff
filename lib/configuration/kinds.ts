// Whatever the history keeps, with the way back: the sections of the file, and what stands in no file.
import type { Kind } from './section.ts';
import { sections } from './sections.ts';

export const kinds: Kind[] = [...sections];

/** What the history calls so. */
export function findKind(kind: string): Kind | undefined {
  return kinds.find(({ recorded }) => recorded.kind === kind);
}

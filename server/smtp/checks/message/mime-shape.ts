// Messages of more parts, or parts within parts, than anybody writes (Postfix: mime_nesting_limit). They are bombs
// for whoever takes them apart.
import type { Part } from '#lib/mail/mime.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const mimeShape: Check<'data'> = {
  name: 'mime-shape',
  title: 'Parts of the message',
  settings: ['content.mimeNesting', 'content.mimeParts'],
  run({ settings, body }) {
    const { count, depth } = measureParts(body.facts.parts);
    if (depth > settings['content.mimeNesting'])
      return refuse('too-complex', 'The message is nested too deeply', `${depth} levels`);
    if (count > settings['content.mimeParts'])
      return refuse('too-complex', 'The message has too many parts', `${count} parts`);
    return pass;
  },
};

/** Parts in all, and how many lie in one another at most; a plain message is one part on one level. */
export function measureParts(root: Part): { count: number; depth: number } {
  let count = 0;
  let deepest = 0;
  const open: [Part, number][] = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [part, depth] = next;
    count++;
    deepest = Math.max(deepest, depth);
    for (const child of part.children) open.push([child, depth + 1]);
    if (part.message) open.push([part.message.part, depth + 1]);
  }
  return { count, depth: deepest };
}

// CANCELUPDATE (RFC 5267 §4.3.5): results of searches need not be kept up to date any more.
import { decodeText } from '../wire/cursor.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, onlySelected } from './command.ts';

export const cancelUpdate = defineCommand<string[]>({
  name: 'CANCELUPDATE',
  states: onlySelected,
  parse(cursor) {
    const tags: string[] = [];
    do {
      cursor.space();
      tags.push(decodeText(cursor.string()));
    } while (!cursor.isAtEnd());
    return tags;
  },
  // biome-ignore lint/correctness/useYield: the tagged line says it all
  async *run(session, tags) {
    for (const tag of tags) session.selected.contexts.cancel(tag);
    return ok('No more updates');
  },
});

// NOOP (RFC 3501 §6.1.2) and CHECK (§6.4.1): both only give the server an occasion to tell news.
import { ok } from '../wire/encode.ts';
import { anyState, defineCommand, onlySelected, parseNothing } from './command.ts';

export const noop = defineCommand({
  name: 'NOOP',
  states: anyState,
  asksForNews: true,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: the news are told behind every command
  async *run() {
    return ok('NOOP completed');
  },
});

export const check = defineCommand({
  name: 'CHECK',
  states: onlySelected,
  asksForNews: true,
  parse: parseNothing,
  // biome-ignore lint/correctness/useYield: the news are told behind every command
  async *run() {
    return ok('Check completed');
  },
});

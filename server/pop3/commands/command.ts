// The shape of a command, and the arguments that several of them read.
import type { Maildrop } from '../maildrop.ts';
import { err, type Reply } from '../reply.ts';
import type { Session } from '../session.ts';

type Answer = Reply | Promise<Reply>;

export type Command =
  | { name: string; state: 'authorization' | 'any'; run(session: Session, text: string): Answer }
  | {
      name: string;
      state: 'transaction';
      run(session: Session, text: string, maildrop: Maildrop): Answer;
    };

/** "12" → 12; null for anything else, a sign and 0 included when `least` is 1. */
export function parseNumber(text: string, least: 0 | 1): number | null {
  if (!/^[0-9]{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value >= least ? value : null;
}

/** The number of a message, or the refusal: numbers of deleted messages are not used again. */
export function findNumber(maildrop: Maildrop, text: string): number | Reply {
  const number = parseNumber(text, 1);
  if (number === null) return err('A message number is expected.');
  if (number > maildrop.uids.length) return err(`There is no message ${number}.`);
  return maildrop.deleted[number - 1] ? err(`Message ${number} is deleted.`) : number;
}

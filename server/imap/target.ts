// Where messages are put by APPEND, COPY and MOVE: a mailbox with the right "i", and which of their flags may
// come along (RFC 4314 §4).
import { isRefusal, Refusal } from '#lib/errors.ts';
import { isReserved } from '#server/store/mailbox-name.ts';
import type { FlagSet } from './flags.ts';
import { maskOf } from './grant.ts';
import { locateMailbox } from './locate.ts';
import type { Located } from './located.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';
import type { Ending } from './wire/encode.ts';

/** The mailbox, or how the command ends. Refusal 'forbidden' where it may be seen, but not added to. */
export async function findTarget(session: Session, name: string): Promise<Located | Ending> {
  if (isReserved(name)) return refuse(new Refusal('forbidden', 'Only deleted messages go there'));
  try {
    return await locateMailbox(session, name, 'i');
  } catch (error) {
    // RFC 3501 §7.1 TRYCREATE: the client may make the mailbox and try again.
    if (isRefusal(error, 'not-found')) return refuse(error, 'TRYCREATE');
    throw error;
  }
}

/** RFC 9051 §6.3.12, §6.4.7: who may not open the mailbox is not told its UIDs. */
export function mayTellUids({ rights }: Located): boolean {
  return rights.includes('r');
}

/** What of the flags may be stored there; the others are left out without a word. */
export function restrictFlags(flags: FlagSet, { rights }: Located): FlagSet {
  const mask = maskOf(rights);
  if (!mask) return flags;
  return { flags: flags.flags & mask.flags, keywords: mask.keywords ? flags.keywords : [] };
}

// The messages that a command names, as UIDs of the session's view.
import type { Session } from '../session.ts';
import { type SequenceSet, savedResult } from '../wire/sequence-set.ts';

/** UIDs, ascending; null when a message number does not exist (RFC 3501 §9: answer BAD). */
export function findUids(session: Session, set: SequenceSet, isUid: boolean): number[] | null {
  const { view } = session.selected;
  if (set === savedResult) return session.selected.listSaved();
  if (isUid) return view.resolveUids(set);
  return view.resolveNumbers(set)?.map((number) => view.uidOf(number)) ?? null;
}

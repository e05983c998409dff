// Every change that an administrator makes leaves an event "changed", in the transaction of the change.
import type { Tx } from '../db.ts';
import { newId } from '../id.ts';
import { type NewEvent, recordEvent, recordEventIn } from './record.ts';

/**
 * Records who changed what. `subject` names the thing ("user ada@example.org"), `text` says how;
 * never a secret.
 */
export async function recordChangeIn(
  tx: Tx,
  by: string,
  subject: string,
  text: string,
): Promise<void> {
  await recordEventIn(tx, describe(by, subject, text));
}

/** The same for a change that another process has made for the administrator. */
export function recordChange(by: string, subject: string, text: string): void {
  recordEvent(describe(by, subject, text));
}

function describe(by: string, subject: string, text: string): NewEvent {
  return { traceId: newId(), kind: 'changed', sender: by, recipient: subject, text };
}

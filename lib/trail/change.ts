// Every change that an administrator makes leaves an event "changed", in the transaction of the change.
import type { Tx } from '../db.ts';
import { newId } from '../id.ts';
import { recordEventIn } from './record.ts';

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
  await recordEventIn(tx, {
    traceId: newId(),
    kind: 'changed',
    sender: by,
    recipient: subject,
    text,
  });
}

// Every change that an administrator makes leaves an event "changed" in the trail, in the transaction of
// the change itself. It lives here because settings are the leftmost room that changes anything.
import { now } from '../clock.ts';
import type { Tx } from '../db.ts';
import { newId } from '../id.ts';

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
  const id = newId();
  await tx.trailEvent.create({
    data: { id, at: now(), traceId: id, kind: 'changed', sender: by, recipient: subject, text },
  });
}

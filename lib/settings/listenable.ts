// Before a listener is changed the daemon tries whether it could listen there: what cannot be is refused beside its field.
import { askDaemon } from '../control.ts';
import { isRefusal } from '../errors.ts';

const keys = /^(?:listeners\.|server\.bind$|smtp\.(?:hasLmtp|lmtpSocket)$)/;

/**
 * For changes of settings about to be saved; of other settings nothing is asked. Refusal 'invalid' on the key that cannot
 * be. Where no daemon answers they are saved: it tells later what it could not open.
 */
export async function requireListenable(changes: Record<string, unknown>): Promise<void> {
  const asked = Object.entries(changes).filter(([key]) => keys.test(key));
  if (asked.length === 0) return;
  await askDaemon('try-listeners', { changes: Object.fromEntries(asked) }).catch((error) => {
    if (!isRefusal(error) || error.reason !== 'unavailable') throw error;
  });
}

// Verifying a stored hash of any family, the slow ones in their thread.
import { readHash } from './read.ts';
import { verifyApart } from './thread-host.ts';

/** Whether the password fits. Never rejects; a hash that no family here accepts fits nothing. */
export async function verifyHash(stored: string, password: string): Promise<boolean> {
  const found = readHash(stored);
  if (!found) return false;
  if (found.scheme.isSlow) return verifyApart(stored, password);
  return found.scheme.verify(found.body, Buffer.from(password));
}

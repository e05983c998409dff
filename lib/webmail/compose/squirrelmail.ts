// Identities out of SquirrelMail's file of preferences ("user.pref": lines of key=value). Identity 0 has bare keys, the
// others a number behind them. Addresses that are not one's own here are left out.
import { isRefusal } from '../../errors.ts';
import { addIdentity, type IdentityInput, listStored } from './identities.ts';

const maxLength = 1024 * 1024;
const maxIdentities = 50;

/** What the file says, in its order. Pure. */
export function parseSquirrelPreferences(text: string): Partial<IdentityInput>[] {
  const values = new Map<string, string>();
  for (const line of text.slice(0, maxLength).split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at).trim(), line.slice(at + 1));
  }
  const count = Math.min(Math.max(Number(values.get('identities')) || 1, 1), maxIdentities);
  const found: Partial<IdentityInput>[] = [];
  for (let i = 0; i < count; i++) {
    const end = i === 0 ? '' : String(i);
    const read = (key: string) => (values.get(`${key}${end}`) ?? '').trim();
    const address = read('email_address');
    if (address === '') continue;
    found.push({
      name: read('full_name'),
      address,
      replyTo: read('reply_to'),
      // The file has signatures of one line; longer ones were files of their own.
      signature: read('signature'),
    });
  }
  return found;
}

/** Adds what is new and one's own; gives how many. Refusal 'limit' beyond 50 identities. */
export async function importIdentities(
  account: { id: string; address: string; displayName: string },
  text: string,
): Promise<number> {
  const known = new Set((await listStored(account.id)).map(({ address }) => address));
  let count = 0;
  for (const identity of parseSquirrelPreferences(text)) {
    if (known.has((identity.address ?? '').toLowerCase())) continue;
    try {
      await addIdentity(account, identity);
      count++;
    } catch (error) {
      if (!isRefusal(error) || error.reason === 'limit') throw error;
    }
  }
  return count;
}

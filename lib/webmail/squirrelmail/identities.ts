// Identities of SquirrelMail (its .pref and .sig files, or the rows of its database) as identities here. An address
// that is not the account's own is left out: nobody gains one by a file.
import {
  readIdentities,
  readPreferenceFile,
  type SquirrelIdentity,
} from '../../contacts/squirrelmail.ts';
import { isRefusal } from '../../errors.ts';
import { canonicalAddress } from '../../mail/address.ts';
import { guessText } from '../../mail/charset.ts';
import { addIdentity, listStored } from '../compose/identities.ts';

type Owner = { id: string; address: string; displayName: string };
export type IdentityFile = { name: string; bytes: Uint8Array };
export type IdentityResult = { added: number; known: number; foreign: number };

const maxFileBytes = 256 * 1024;

/** The identities in one user's files: NAME.pref, NAME.sig (the first), NAME.si1 (the second), … */
export function readIdentityFiles(files: readonly IdentityFile[]): SquirrelIdentity[] {
  const signatures = new Map<number, string>();
  let preferences = new Map<string, string>();
  for (const { name, bytes } of files) {
    const text = guessText(bytes.subarray(0, maxFileBytes));
    const number = /\.si(g|\d{1,2})$/i.exec(name)?.[1];
    if (/\.pref$/i.test(name)) preferences = readPreferenceFile(text);
    else if (number) signatures.set(/g/i.test(number) ? 0 : Number(number), text);
  }
  return readIdentities(preferences, signatures);
}

/** Stores them; whose address has an identity already, or is not the account's own, is left out. */
export async function importIdentities(
  account: Owner,
  identities: readonly SquirrelIdentity[],
): Promise<IdentityResult> {
  const result: IdentityResult = { added: 0, known: 0, foreign: 0 };
  const stored = new Set(
    (await listStored(account.id)).map(({ address, name }) => `${address} ${name}`),
  );
  for (const { name, address, replyTo, signature } of identities) {
    if (!name && !address && !signature) continue;
    // Without an address of its own SquirrelMail writes as the one that signed in.
    const own = canonicalAddress(address) ?? account.address;
    const key = `${own} ${name}`;
    if (stored.has(key)) result.known++;
    else {
      const wanted = { name: name || account.displayName, address: own, signature };
      const reply = canonicalAddress(replyTo);
      try {
        await addIdentity(account, { ...wanted, replyTo: reply && reply !== own ? reply : '' });
        stored.add(key);
        result.added++;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        result.foreign++;
      }
    }
  }
  return result;
}

// Identifiers of access control lists on the wire (RFC 4314 §2): the mail address of a user of this server,
// "anyone" where a setting allows it, and "-" before either for rights that are taken away.
import { findAccount, readAccount } from '#lib/accounts/account.ts';
import { anyone } from '#lib/accounts/rights.ts';
import { Refusal } from '#lib/errors.ts';
import { canonicalAddress } from '#lib/mail/address.ts';
import { formatString } from '#lib/mail/imap-string.ts';
import { readSetting } from '#lib/settings/index.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

/** astring; RFC 4314 §3: an empty one is BAD. */
export function parseIdentifier(cursor: Cursor): string {
  const text = cursor.astringText();
  if (text === '' || text === '-') throw new Bad('The identifier is empty');
  return text;
}

/**
 * As the store keeps it: an account's id or "anyone", with "-" where rights are taken away. Refusal 'not-found'
 * for an address that is no user's, 'forbidden' for "anyone" where that is not allowed.
 */
export async function resolveIdentifier(text: string): Promise<string> {
  const sign = text.startsWith('-') ? '-' : '';
  const name = text.slice(sign.length);
  if (name === anyone) {
    if (sign === '' && !(await readSetting('imap.sharesWithAnyone'))) {
      throw new Refusal('forbidden', 'This server does not share folders with anyone');
    }
    return sign + anyone;
  }
  const address = canonicalAddress(name);
  const account = address ? await findAccount(address) : null;
  if (account?.kind !== 'person') {
    throw new Refusal('not-found', 'There is no user of that address here');
  }
  return sign + account.id;
}

/** Back to what a client may read; null for an account that is no more. */
export async function nameIdentifier(identifier: string): Promise<string | null> {
  const sign = identifier.startsWith('-') ? '-' : '';
  const id = identifier.slice(sign.length);
  if (id === anyone) return identifier;
  const account = await readAccount(id);
  return account ? sign + account.address : null;
}

/** astring of a reply. */
export function formatIdentifier(name: string): string {
  return /^[A-Za-z0-9.@_+-]+$/.test(name) ? name : formatString(name);
}

// Reading an address that an administrator typed: canonical, or a refusal that says what would be right.
import { Refusal } from '../errors.ts';
import { canonicalAddress } from '../mail/address.ts';
import { canonicalDomain } from './domain.ts';

/** The canonical form of a mail address. Refusal 'invalid' with `field`. */
export function requireAddress(text: string, field = 'address'): string {
  const address = canonicalAddress(text.trim());
  if (!address) {
    throw new Refusal(
      'invalid',
      `"${text.trim().slice(0, 100)}" is not an address such as ada@example.org.`,
      field,
    );
  }
  return address;
}

/** The canonical form of an alias: an address, or "@domain" for the catch-all. */
export function requireAliasAddress(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('@')
    ? `@${canonicalDomain(trimmed.slice(1))}`
    : requireAddress(trimmed);
}

/** The part after the last "@". */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

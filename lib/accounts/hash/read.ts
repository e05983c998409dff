// Hashes that other servers made: read, verified, and gone with the next sign-in, when the password is hashed anew
// (lib/accounts/sessions.ts). Stored as Dovecot writes them, "{SCHEME}body"; our own is a bare PHC string.
//
// Invariant: what is stored was accepted by its family, so no sign-in costs more than the family's limits.
import { argon2 } from './argon2.ts';
import { bcrypt } from './bcrypt.ts';
import { findCrypt } from './crypt.ts';
import { digests } from './digest.ts';
import { md5Crypt } from './md5-crypt.ts';
import { dovecotPbkdf2, scramSha256 } from './pbkdf2.ts';
import { plain } from './plain.ts';
import type { Scheme } from './scheme.ts';
import { shaCrypt } from './sha-crypt.ts';
import { yescrypt } from './yescrypt.ts';

const schemes: readonly Scheme[] = [
  argon2,
  shaCrypt,
  bcrypt,
  yescrypt,
  md5Crypt,
  dovecotPbkdf2,
  scramSha256,
  ...digests,
  plain,
];
const byName = new Map(schemes.flatMap((scheme) => scheme.names.map((name) => [name, scheme])));

/** Longer is no hash. */
const mostLength = 1200;

type Found = { scheme: Scheme; name: string; body: string };

/** Takes a hash apart; null where no family here knows it. Whether it is whole and bearable is not asked. */
function find(text: string): Found | null {
  const [, prefix, rest = ''] = /^(?:\{([A-Za-z0-9.-]{1,30})\})?(.*)$/s.exec(text) ?? [];
  const name = prefix?.toUpperCase() ?? '';
  if (name === '' || name === 'CRYPT' || name === 'MD5') {
    if (name === '' && rest.startsWith('$argon2')) return { scheme: argon2, name: '', body: rest };
    if (name === 'MD5' && !rest.startsWith('$')) return find(`{PLAIN-MD5}${rest}`);
    const scheme = findCrypt(rest);
    return scheme && { scheme, name: scheme.names[0] ?? '', body: rest };
  }
  const scheme = byName.get(name);
  if (!scheme) return null;
  return { scheme, name: scheme === argon2 ? '' : name, body: rest };
}

/** What an import makes of a password field. */
export type ImportedHash =
  | { kind: 'hash'; stored: string }
  /** To be hashed at once. */
  | { kind: 'plain'; password: string }
  | { kind: 'refused'; reason: string };

/** Reads a hash for the column Account.passwordHash; `fallback` names the scheme of what has no braces. */
export function importHash(text: string, fallback = 'CRYPT'): ImportedHash {
  const isBare = !/^\{[A-Za-z0-9.-]{1,30}\}/.test(text);
  const whole = isBare && !text.startsWith('$') ? `{${fallback}}${text}` : text;
  const found = whole.length > mostLength ? null : find(whole);
  const name = /^\{([^}]{1,30})\}/.exec(whole)?.[1]?.toUpperCase();
  if (!found) {
    const isDes = name === 'CRYPT' || name === 'DES-CRYPT';
    return {
      kind: 'refused',
      reason: isDes
        ? 'This kind of crypt hash is not taken over (DES, or one that is unknown).'
        : `The scheme ${name ?? text.slice(0, 4)} is not known.`,
    };
  }
  const { scheme, body } = found;
  if (!scheme.accepts(body)) {
    const reason = `The ${scheme.names[0]} hash is damaged, or costs more than this server spends.`;
    return { kind: 'refused', reason };
  }
  if (scheme === plain) return { kind: 'plain', password: body };
  return { kind: 'hash', stored: found.name === '' ? body : `{${found.name}}${body}` };
}

/** The family and the body of a stored hash that may be verified; null for any other. */
export function readHash(stored: string): { scheme: Scheme; body: string } | null {
  const found = stored.length > mostLength ? null : find(stored);
  return found?.scheme.accepts(found.body) ? found : null;
}

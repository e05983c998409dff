// {CRYPT} and {MD5}: names under which Dovecot and crypt(3) keep several families; the first letters of the body say
// which. What has none of them is the DES crypt of the seventies, which is not taken.
import { bcrypt } from './bcrypt.ts';
import { md5Crypt } from './md5-crypt.ts';
import type { Scheme } from './scheme.ts';
import { shaCrypt } from './sha-crypt.ts';
import { yescrypt } from './yescrypt.ts';

const families: [RegExp, Scheme][] = [
  [/^\$[56]\$/, shaCrypt],
  [/^\$1\$/, md5Crypt],
  [/^\$2[aby]\$/, bcrypt],
  [/^\$y\$/, yescrypt],
];

/** The family of a body of crypt(3), or null. */
export function findCrypt(body: string): Scheme | null {
  return families.find(([start]) => start.test(body))?.[1] ?? null;
}

// $1$ of crypt(3): MD5 in a thousand rounds (P.-H. Kamp, FreeBSD 2). Long broken as a hash; what is left of it in
// old tables is verified once and replaced.
import { createHash } from 'node:crypto';
import { encodeCrypt, isSame, type Scheme } from './scheme.ts';

const shape = /^\$1\$([^$:\n]{0,8})\$([./0-9A-Za-z]{22})$/;
const groups = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];
const magic = Buffer.from('$1$');

function hash(...parts: Buffer[]): Buffer {
  const state = createHash('md5');
  for (const part of parts) state.update(part);
  return state.digest();
}

export function computeMd5Crypt(password: Buffer, saltText: string): string {
  const salt = Buffer.from(saltText);
  const other = hash(password, salt, password);
  const parts = [password, magic, salt];
  for (let left = password.length; left > 0; left -= 16) parts.push(other.subarray(0, left));
  for (let left = password.length; left > 0; left >>>= 1) {
    // The zero byte where the first of the password is even odder: so it was written, so it stays.
    parts.push(left & 1 ? Buffer.from([0]) : password.subarray(0, 1));
  }
  let digest = hash(...parts);
  for (let round = 0; round < 1000; round++) {
    const isOdd = round % 2 === 1;
    const around = [isOdd ? password : digest];
    if (round % 3 !== 0) around.push(salt);
    if (round % 7 !== 0) around.push(password);
    digest = hash(...around, isOdd ? digest : password);
  }
  return encodeCrypt(digest, groups);
}

export const md5Crypt: Scheme = {
  names: ['MD5-CRYPT'],
  isSlow: true,
  accepts: (body) => shape.test(body),
  verify(body, password) {
    const [, salt = '', digest = ''] = shape.exec(body) ?? [];
    return isSame(computeMd5Crypt(password, salt), digest);
  },
};

// $5$ and $6$ of crypt(3): SHA-256 and SHA-512 in many rounds, as /etc/shadow of the last twenty years has them
// ("Unix crypt using SHA-256 and SHA-512", U. Drepper).
import { createHash } from 'node:crypto';
import { encodeCrypt, isSame, type Scheme } from './scheme.ts';

const usualRounds = 5000;
/** The standard goes to 999,999,999, which is an hour. */
const mostRounds = 500_000;

const shape = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([^$:\n]{0,16})\$([./0-9A-Za-z]+)$/;
const lengths = { '5': 43, '6': 86 } as const;

/** Three bytes, `step` apart, turned a place further (by `turn`) in each group. */
function makeGroups(step: number, turn: 1 | 2, rest: number[]): number[][] {
  const groups = Array.from({ length: step }, (_, at) => {
    const three = [at, at + step, at + 2 * step];
    const start = (at * turn) % 3;
    return [...three.slice(start), ...three.slice(0, start)];
  });
  return [...groups, rest];
}
const groups = { '5': makeGroups(10, 2, [31, 30]), '6': makeGroups(21, 1, [63]) } as const;

function read(body: string) {
  const [, id, rounds, salt = '', digest = ''] = shape.exec(body) ?? [];
  if ((id !== '5' && id !== '6') || digest.length !== lengths[id]) return null;
  // What is below a thousand counts as a thousand.
  const times = rounds === undefined ? usualRounds : Math.max(1000, Number(rounds));
  return times > mostRounds ? null : ({ id, times, salt, digest } as const);
}

/** `bytes` again and again up to `length`. */
function repeat(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes.length === 0 ? 0 : bytes);
}

export function computeShaCrypt(
  id: '5' | '6',
  password: Buffer,
  saltText: string,
  rounds: number,
): string {
  const name = id === '5' ? 'sha256' : 'sha512';
  const hash = (...parts: Buffer[]) => {
    const state = createHash(name);
    for (const part of parts) state.update(part);
    return state.digest();
  };
  const salt = Buffer.from(saltText);
  const other = hash(password, salt, password);
  const parts = [password, salt, repeat(other, password.length)];
  for (let left = password.length; left > 0; left >>>= 1) {
    parts.push(left & 1 ? other : password);
  }
  let digest = hash(...parts);
  const p = repeat(hash(...Array<Buffer>(password.length).fill(password)), password.length);
  const s = repeat(hash(...Array<Buffer>(16 + (digest[0] ?? 0)).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    const isOdd = round % 2 === 1;
    const around = [isOdd ? p : digest];
    if (round % 3 !== 0) around.push(s);
    if (round % 7 !== 0) around.push(p);
    digest = hash(...around, isOdd ? digest : p);
  }
  return encodeCrypt(digest, groups[id]);
}

export const shaCrypt: Scheme = {
  names: ['SHA512-CRYPT', 'SHA256-CRYPT'],
  isSlow: true,
  accepts: (body) => read(body) !== null,
  verify(body, password) {
    const found = read(body);
    if (!found) return false;
    return isSame(computeShaCrypt(found.id, password, found.salt, found.times), found.digest);
  },
};

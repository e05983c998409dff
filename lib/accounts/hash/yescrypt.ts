// $y$ of crypt(3): yescrypt (A. Peslyak, 2018), what /etc/shadow of Debian 11 and later, Fedora and Ubuntu has. Only
// what crypt_gensalt(3) writes: the flavour "j" (read and write, S-boxes of 12 KB), one lane, no ROM.
//
// Words of a block lie in the order that suits SIMD, as the algorithm says: the one of number n of Salsa20 stands
// at 13n mod 16.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { cryptAlphabet, encodeCrypt, isSame, type Scheme } from './scheme.ts';

/** Bytes of the table: 64 MiB take some two seconds. */
const mostBytes = 64 * 1024 * 1024;
const shape = /^\$y\$j([./0-9A-Za-j])([./0-9A-Za-j])\$([./0-9A-Za-z]{0,86})\$([./0-9A-Za-z]{43})$/;
const digestGroups = [
  ...Array.from({ length: 10 }, (_, at) => [3 * at + 2, 3 * at + 1, 3 * at]),
  [31, 30],
];

const boxWords = 1024;
const boxMask = 0xff0;

/** The three S-boxes, which change places after each block, and where the next word is written. */
type Boxes = { s0: Uint32Array; s1: Uint32Array; s2: Uint32Array; at: number };

function read(body: string) {
  const [, log2 = '', width = '', saltText = '', digest = ''] = shape.exec(body) ?? [];
  if (digest === '') return null;
  const n = 2 ** (cryptAlphabet.indexOf(log2) + 1);
  const r = cryptAlphabet.indexOf(width) + 1;
  const salt = decode(saltText);
  return n < 4 || n * r * 128 > mostBytes || !salt ? null : { n, r, salt, digest };
}

/** Four letters are three bytes, the lowest first. */
function decode(text: string): Buffer | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 4) {
    const letters = [...text.slice(at, at + 4)];
    let value = letters.reduce((sum, one, n) => sum + cryptAlphabet.indexOf(one) * 64 ** n, 0);
    for (let left = Math.floor((letters.length * 6) / 8); left > 0; left--) {
      bytes.push(value & 255);
      value = Math.floor(value / 256);
    }
    if (value !== 0 || letters.length === 1) return null;
  }
  return Buffer.from(bytes);
}

const placeOf = (n: number) => (n * 13) % 16;
/** The quarter rounds of Salsa20: columns, then rows. */
const quarters = [0, 5, 10, 15].flatMap((first) => [
  [0, 4, 8, 12].map((step) => placeOf((first + step) % 16)),
]);
const rows = [0, 5, 10, 15].map((first) => {
  const row = first - (first % 4);
  return [0, 1, 2, 3].map((step) => placeOf(row + ((first + step) % 4)));
});
const lines = Uint8Array.from([...quarters, ...rows].flat());
const inside = new Uint32Array(16);

/** Salsa20 core over the sixteen words at `from`. */
function salsa(block: Uint32Array, from: number, rounds: number): void {
  const x = inside;
  for (let at = 0; at < 16; at++) x[at] = block[from + at]!;
  for (let round = 0; round < rounds; round += 2) {
    for (let line = 0; line < 32; line += 4) {
      const [a, b, c, d] = [lines[line]!, lines[line + 1]!, lines[line + 2]!, lines[line + 3]!];
      x[b] = x[b]! ^ turn(x[a]! + x[d]!, 7);
      x[c] = x[c]! ^ turn(x[b]! + x[a]!, 9);
      x[d] = x[d]! ^ turn(x[c]! + x[b]!, 13);
      x[a] = x[a]! ^ turn(x[d]! + x[c]!, 18);
    }
  }
  for (let at = 0; at < 16; at++) block[from + at] = block[from + at]! + x[at]!;
}

function turn(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function mixIn(target: Uint32Array, from: Uint32Array, at: number): void {
  for (let word = 0; word < target.length; word++) target[word] = target[word]! ^ from[at + word]!;
}

/** BlockMix of scrypt with r = 1, which fills the S-boxes (RFC 7914 §4). */
function mixSmall(block: Uint32Array): void {
  for (let word = 0; word < 16; word++) block[word] = block[word]! ^ block[16 + word]!;
  salsa(block, 0, 8);
  for (let word = 0; word < 16; word++) block[16 + word] = block[16 + word]! ^ block[word]!;
  salsa(block, 16, 8);
}

/** pwxform over the sixteen words of `x`: multiplications that look up their way in two boxes and fill the third. */
function passForm(x: Uint32Array, boxes: Boxes): void {
  const { s0, s1, s2 } = boxes;
  let { at } = boxes;
  for (let round = 0; round < 6; round++) {
    const isKept = round !== 0 && round !== 5;
    for (let lane = 0; lane < 16; lane += 4) {
      const first = (x[lane]! & boxMask) >>> 2;
      const second = (x[lane + 1]! & boxMask) >>> 2;
      for (let pair = 0; pair < 4; pair += 2) {
        const low = x[lane + pair]!;
        const high = x[lane + pair + 1]!;
        // 32 by 32 bits, in halves of 16 so that nothing is lost.
        const [lowEnd, lowTop, highEnd, highTop] = [
          low & 65535,
          low >>> 16,
          high & 65535,
          high >>> 16,
        ];
        const one = highTop * lowEnd + ((highEnd * lowEnd) >>> 16);
        const two = highEnd * lowTop + (one & 65535);
        const top = highTop * lowTop + (one >>> 16) + (two >>> 16);
        const sum = (Math.imul(low, high) >>> 0) + s0[first + pair]!;
        const newLow = (sum ^ s1[second + pair]!) >>> 0;
        const carry = sum > 0xffffffff ? 1 : 0;
        const newHigh = ((top + s0[first + pair + 1]! + carry) ^ s1[second + pair + 1]!) >>> 0;
        x[lane + pair] = newLow;
        x[lane + pair + 1] = newHigh;
        if (!isKept) continue;
        s2[at] = newLow;
        s2[at + 1] = newHigh;
        at += 2;
      }
    }
  }
  boxes.s0 = s2;
  boxes.s1 = s0;
  boxes.s2 = s1;
  boxes.at = at & (boxWords - 1);
}

const running = new Uint32Array(16);

/** BlockMix with pwxform instead of Salsa20, which comes once, at the end. */
function mixLarge(block: Uint32Array, boxes: Boxes): void {
  const last = block.length - 16;
  running.set(block.subarray(last));
  for (let from = 0; from < block.length; from += 16) {
    if (last > 0) mixIn(running, block, from);
    passForm(running, boxes);
    block.set(running, from);
  }
  salsa(block, last, 2);
}

/** From bytes into the order of words, and back. */
function toWords(bytes: Buffer): Uint32Array {
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) =>
    bytes.readUInt32LE(4 * ((at & ~15) + (((at & 15) * 5) & 15))),
  );
}

function toBytes(words: Uint32Array, into: Buffer): void {
  for (const [at, word] of words.entries()) {
    into.writeUInt32LE(word, 4 * ((at & ~15) + (((at & 15) * 5) & 15)));
  }
}

function fillBoxes(bytes: Buffer): Boxes {
  const block = toWords(bytes);
  const all = new Uint32Array(3 * boxWords);
  for (let at = 0; at < all.length; at += block.length) {
    all.set(block, at);
    mixSmall(block);
  }
  toBytes(block, bytes);
  const [s2, s1, s0] = [0, 1, 2].map((n) => all.slice(n * boxWords, (n + 1) * boxWords));
  return { s0: s0!, s1: s1!, s2: s2!, at: 0 };
}

/** SMix: fills a table of n blocks, each mixed with an earlier one, then walks it n/3 times, writing. */
function mixTable(bytes: Buffer, n: number, boxes: Boxes): void {
  const block = toWords(bytes);
  const { length } = block;
  const table = new Uint32Array(n * length);
  let power = 1;
  for (let row = 0; row < n; row++) {
    table.set(block, row * length);
    if (row > 1) {
      if (row >= power * 2) power *= 2;
      const earlier = (block[length - 16]! & (power - 1)) + (row - power);
      mixIn(block, table, earlier * length);
    }
    mixLarge(block, boxes);
  }
  const third = Math.floor((n + 2) / 3);
  for (let left = third + (third % 2); left > 0; left--) {
    const row = block[length - 16]! & (n - 1);
    mixIn(block, table, row * length);
    table.set(block, row * length);
    mixLarge(block, boxes);
  }
  toBytes(block, bytes);
}

const hmac = (key: string | Buffer, data: string | Buffer) =>
  createHmac('sha256', key).update(data).digest();

function stretch(password: Buffer, salt: Buffer, n: number, r: number, isBefore: boolean): Buffer {
  const key = hmac(isBefore ? 'yescrypt-prehash' : 'yescrypt', password);
  const bytes = pbkdf2Sync(key, salt, 1, 128 * r, 'sha256');
  const head = Buffer.from(bytes.subarray(0, 32));
  const boxes = fillBoxes(bytes.subarray(0, 128));
  const inner = hmac(bytes.subarray(bytes.length - 64), head);
  mixTable(bytes, n, boxes);
  return pbkdf2Sync(inner, bytes, 1, 32, 'sha256');
}

/** The 43 letters of the digest. */
export function computeYescrypt(password: Buffer, salt: Buffer, n: number, r: number): string {
  const isLarge = n >= 256 && n * r >= 131_072;
  const before = isLarge ? stretch(password, salt, n / 64, r, true) : password;
  const stretched = stretch(before, salt, n, r, false);
  const clientKey = hmac(stretched, 'Client Key');
  return encodeCrypt(createHash('sha256').update(clientKey).digest(), digestGroups);
}

export const yescrypt: Scheme = {
  names: ['YESCRYPT'],
  isSlow: true,
  accepts: (body) => read(body) !== null,
  verify(body, password) {
    const found = read(body);
    if (!found) return false;
    return isSame(computeYescrypt(password, found.salt, found.n, found.r), found.digest);
  },
};

// {BLF-CRYPT}: $2a$, $2b$ and $2y$ (N. Provos, D. Mazières, "A Future-Adaptable Password Scheme"): Blowfish with an
// expensive key schedule. $2x$, a bug that was given a name, is not taken.
//
// Blowfish's tables are the fraction of pi in hexadecimal, so they are computed, not written down.
import { isSame, type Scheme } from './scheme.ts';

/** 2^cost key schedules: 13 is some two seconds in its thread. */
const mostCost = 13;
const letters = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const shape = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const subkeys = 18;
const boxWords = 1024;

let initial: Uint32Array | null = null;

/** The first 1042 words behind the point: pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin). */
function readPi(): Uint32Array {
  if (initial) return initial;
  const guardBits = 64n;
  const bits = BigInt((subkeys + boxWords) * 32);
  const one = 1n << (bits + guardBits);
  const arctan = (inverse: bigint) => {
    let term = one / inverse;
    let sum = term;
    for (let n = 3n, sign = -1n; term !== 0n; n += 2n, sign = -sign) {
      term /= inverse * inverse;
      sum += (sign * term) / n;
    }
    return sum;
  };
  const pi = (16n * arctan(5n) - 4n * arctan(239n)) >> guardBits;
  const fraction = (pi & ((1n << bits) - 1n)).toString(16).padStart(Number(bits) / 4, '0');
  initial = Uint32Array.from({ length: subkeys + boxWords }, (_, at) =>
    Number.parseInt(fraction.slice(at * 8, at * 8 + 8), 16),
  );
  return initial;
}

/** Blowfish's state; `pair` is the block under work. */
class Blowfish {
  readonly p: Int32Array;
  readonly s: Int32Array;
  readonly pair = new Int32Array(2);

  constructor() {
    const words = readPi();
    this.p = Int32Array.from(words.subarray(0, subkeys));
    this.s = Int32Array.from(words.subarray(subkeys));
  }

  encrypt(): void {
    const { p, s, pair } = this;
    let left = pair[0]! ^ p[0]!;
    let right = pair[1]!;
    for (let round = 1; round <= 16; round += 2) {
      right ^= p[round]! ^ mix(s, left);
      left ^= p[round + 1]! ^ mix(s, right);
    }
    pair[0] = right ^ p[17]!;
    pair[1] = left;
  }

  /** Lets the key into the subkeys, and the salt (four words, or none) into everything. */
  expand(key: Int32Array, salt: Int32Array | null): void {
    const { p, s, pair } = this;
    for (let at = 0; at < subkeys; at++) p[at] = p[at]! ^ key[at]!;
    pair.fill(0);
    let turn = 0;
    for (const words of [p, s]) {
      for (let at = 0; at < words.length; at += 2) {
        if (salt) {
          pair[0] = pair[0]! ^ salt[turn]!;
          pair[1] = pair[1]! ^ salt[turn + 1]!;
          turn = (turn + 2) & 3;
        }
        this.encrypt();
        words[at] = pair[0]!;
        words[at + 1] = pair[1]!;
      }
    }
  }
}

function mix(s: Int32Array, word: number): number {
  const first = (s[word >>> 24]! + s[256 + ((word >>> 16) & 255)]!) | 0;
  return ((first ^ s[512 + ((word >>> 8) & 255)]!) + s[768 + (word & 255)]!) | 0;
}

/** `count` words of the bytes again and again. */
function readWords(bytes: Buffer, count: number): Int32Array {
  let at = 0;
  return Int32Array.from({ length: count }, () => {
    let word = 0;
    for (let byte = 0; byte < 4; byte++) {
      word = (word << 8) | bytes[at]!;
      at = (at + 1) % bytes.length;
    }
    return word;
  });
}

/** The 31 letters of the digest. */
export function computeBcrypt(password: Buffer, saltText: string, cost: number): string {
  // No more than 72 bytes of a password count, and the zero that ends it.
  const key = Buffer.concat([password, Buffer.alloc(1)]).subarray(0, 72);
  const salt = decode(saltText).subarray(0, 16);
  const keyWords = readWords(key, subkeys);
  const saltWords = readWords(salt, subkeys);
  const cipher = new Blowfish();
  cipher.expand(keyWords, saltWords.subarray(0, 4));
  for (let left = 2 ** cost; left > 0; left--) {
    cipher.expand(keyWords, null);
    cipher.expand(saltWords, null);
  }
  const text = readWords(Buffer.from('OrpheanBeholderScryDoubt'), 6);
  const digest = Buffer.alloc(24);
  for (let at = 0; at < 6; at += 2) {
    cipher.pair.set(text.subarray(at, at + 2));
    for (let times = 0; times < 64; times++) cipher.encrypt();
    digest.writeInt32BE(cipher.pair[0]!, at * 4);
    digest.writeInt32BE(cipher.pair[1]!, at * 4 + 4);
  }
  return encode(digest.subarray(0, 23));
}

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function encode(bytes: Buffer): string {
  const text = bytes.toString('base64').replaceAll('=', '');
  return text.replace(/./g, (letter) => letters[standard.indexOf(letter)] ?? '');
}

function decode(text: string): Buffer {
  return Buffer.from(
    text.replace(/./g, (letter) => standard[letters.indexOf(letter)] ?? ''),
    'base64',
  );
}

export const bcrypt: Scheme = {
  names: ['BLF-CRYPT'],
  isSlow: true,
  accepts(body) {
    const cost = Number(shape.exec(body)?.[1]);
    return cost >= 4 && cost <= mostCost;
  },
  verify(body, password) {
    const [, cost, salt = '', digest = ''] = shape.exec(body) ?? [];
    return isSame(computeBcrypt(password, salt, Number(cost)), digest);
  },
};

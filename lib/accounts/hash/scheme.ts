// What a family of foreign password hashes is, and the alphabet that those of crypt(3) share.
import { timingSafeEqual } from 'node:crypto';

/** One family: hashes that other servers have made. None is ever made here for keeping. */
export type Scheme = {
  /** Names as Dovecot writes them in braces, upper case; the first is what is stored. */
  names: readonly string[];
  /** Whether the rest behind the braces is whole and costs no more than this server may spend. */
  accepts(body: string): boolean;
  /** Whether the password fits a body that `accepts`. */
  verify(body: string, password: Buffer): boolean | Promise<boolean>;
  /** Computed in JavaScript over milliseconds: in a thread, not on the event loop. */
  isSlow: boolean;
};

/** Compares without telling by time how much was equal. */
export function isSame(a: string | Buffer, b: string | Buffer): boolean {
  const [left, right] = [Buffer.from(a as string), Buffer.from(b as string)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export const cryptAlphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes in crypt(3)'s letters: three at a time as one number, the lowest six bits first. */
export function encodeCrypt(bytes: Uint8Array, groups: readonly (readonly number[])[]): string {
  let text = '';
  for (const group of groups) {
    let word = 0;
    for (const at of group) word = (word << 8) | (bytes[at] ?? 0);
    for (let left = Math.ceil((group.length * 8) / 6); left > 0; left--) {
      text += cryptAlphabet[word & 63];
      word >>>= 6;
    }
  }
  return text;
}

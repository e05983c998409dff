// One round of a digest, with salt behind the password or without: what LDAP servers and Dovecot keep as {SHA},
// {SSHA}, {SHA256}, {SSHA512} (RFC 2307 §5.3 and its relatives). In base64 unless the name says ".HEX".
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scheme } from './scheme.ts';

const mostSaltBytes = 64;

type Kind = { algorithm: string; bytes: number; isSalted: boolean; isHex?: boolean };

function makeDigest(names: string[], kind: Kind): Scheme {
  const { algorithm, bytes, isSalted, isHex } = kind;
  const decode = (body: string): Buffer | null => {
    const isText = isHex ? /^[0-9a-f]+$/i.test(body) : /^[A-Za-z0-9+/]+={0,2}$/.test(body);
    if (!isText || body.length > 300) return null;
    const whole = Buffer.from(body, isHex ? 'hex' : 'base64');
    const most = bytes + (isSalted ? mostSaltBytes : 0);
    return whole.length < bytes || whole.length > most ? null : whole;
  };
  return {
    names,
    isSlow: false,
    accepts: (body) => decode(body) !== null,
    verify(body, password) {
      const whole = decode(body);
      if (!whole) return false;
      const digest = createHash(algorithm).update(password).update(whole.subarray(bytes)).digest();
      return timingSafeEqual(digest, whole.subarray(0, bytes));
    },
  };
}

const kinds: [string[], string, number][] = [
  [['SHA', 'SHA1'], 'sha1', 20],
  [['SHA256'], 'sha256', 32],
  [['SHA512'], 'sha512', 64],
];

export const digests: Scheme[] = [
  ...kinds.flatMap(([names, algorithm, bytes]) => {
    const [first = ''] = names;
    const salted = { algorithm, bytes, isSalted: true };
    const plain = { algorithm, bytes, isSalted: false };
    return [
      makeDigest([...names, ...names.map((name) => `${name}.B64`)], plain),
      makeDigest(
        names.map((name) => `${name}.HEX`),
        { ...plain, isHex: true },
      ),
      makeDigest([`S${first}`, `S${first}.B64`], salted),
      makeDigest([`S${first}.HEX`], { ...salted, isHex: true }),
    ];
  }),
  makeDigest(['PLAIN-MD5'], { algorithm: 'md5', bytes: 16, isSalted: false, isHex: true }),
  makeDigest(['LDAP-MD5'], { algorithm: 'md5', bytes: 16, isSalted: false }),
  makeDigest(['SMD5'], { algorithm: 'md5', bytes: 16, isSalted: true }),
];

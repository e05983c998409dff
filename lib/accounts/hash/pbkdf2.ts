// {PBKDF2} as Dovecot writes it ($1$salt$rounds$hex, HMAC-SHA-1, 20 bytes), and {SCRAM-SHA-256} (rounds, salt,
// StoredKey and ServerKey with commas between; RFC 5802 §3). Node computes both in its own threads.
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { prepare } from '../saslprep.ts';
import type { Scheme } from './scheme.ts';

/** A third of a second. */
const mostRounds = 1_000_000;
const stretch = promisify(pbkdf2);

const shape = /^\$1\$([^$:\n]{1,64})\$(\d{1,7})\$([0-9a-f]{40})$/i;
const isBearable = (rounds: string | undefined) => {
  const times = Number(rounds);
  return times >= 1 && times <= mostRounds;
};

export const dovecotPbkdf2: Scheme = {
  names: ['PBKDF2'],
  isSlow: false,
  accepts: (body) => isBearable(shape.exec(body)?.[2]),
  async verify(body, password) {
    const [, salt = '', rounds, digest = ''] = shape.exec(body) ?? [];
    const computed = await stretch(password, salt, Number(rounds), 20, 'sha1');
    return timingSafeEqual(computed, Buffer.from(digest, 'hex'));
  },
};

const scramShape =
  /^(\d{4,7}),([A-Za-z0-9+/]{8,128}={0,2}),([A-Za-z0-9+/]{43}=),([A-Za-z0-9+/]{43}=)$/;

export const scramSha256: Scheme = {
  names: ['SCRAM-SHA-256'],
  isSlow: false,
  accepts: (body) => isBearable(scramShape.exec(body)?.[1]),
  async verify(body, password) {
    const [, rounds, salt = '', stored = ''] = scramShape.exec(body) ?? [];
    // Dovecot takes the bytes as they come, others prepare them (RFC 4013).
    const prepared = prepare(password.toString());
    const texts = prepared === null ? [password] : [password, Buffer.from(prepared)];
    for (const text of texts) {
      const salted = await stretch(text, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
      const clientKey = createHmac('sha256', salted).update('Client Key').digest();
      const storedKey = createHash('sha256').update(clientKey).digest();
      if (timingSafeEqual(storedKey, Buffer.from(stored, 'base64'))) return true;
      if (prepared !== null && password.equals(Buffer.from(prepared))) break;
    }
    return false;
  },
};

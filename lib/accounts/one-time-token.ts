// Secrets that work once: the set-up link and links that set a password. A table row has the hash alone, so a stolen
// database opens nothing.
import { createHash, randomBytes } from 'node:crypto';
import { fromNow, now } from '../clock.ts';
import type { Tx } from '../db.ts';

export const tokenLifeMs = 24 * 3600_000;
const mostLength = 100;
const passwordPurpose = 'password';

/** The key of a token's row; null for what can be none. */
export function tokenId(token: string): string | null {
  if (token === '' || token.length > mostLength) return null;
  return createHash('sha256').update(token).digest('hex');
}

/** A fresh token and the row that it needs, which lives for a day. */
export function makeToken(purpose: 'setup' | typeof passwordPurpose, accountId = '') {
  const token = randomBytes(24).toString('base64url');
  const id = tokenId(token) ?? '';
  const row = { id, purpose, accountId, createdAt: now(), expiresAt: fromNow(tokenLifeMs) };
  return { token, row };
}

/** No link sets the password of this account any more. */
export async function endPasswordLinksIn(tx: Tx, accountId: string): Promise<void> {
  await tx.oneTimeToken.deleteMany({ where: { purpose: passwordPurpose, accountId } });
}

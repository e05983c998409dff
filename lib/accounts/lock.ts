// What a locked account is, and what an account signed in with that goes when it is locked or removed. Apart from
// account.ts and sessions.ts because both need it.
import type { Tx } from '../db.ts';
import { endPasswordLinksIn } from './one-time-token.ts';
import { endWebSessionsIn } from './web-session-end.ts';

/**
 * In place of a hash: the account is locked. No password fits it, and nothing else opens the account either, be it an
 * app password, a passkey, a directory server or an OpenID provider, until a new password is set.
 */
export const lockedHash = '!';

/** The condition of rows that have a password which may fit. */
export const withPassword = { passwordHash: { not: null }, NOT: { passwordHash: lockedHash } };

/** Locks the account, ends its sessions and takes its app passwords and tokens away: who knows one of them goes on with it. */
export async function lockIn(tx: Tx, accountId: string): Promise<void> {
  const data = { passwordHash: lockedHash, scram: '', epoch: { increment: 1 } };
  await tx.account.update({ where: { id: accountId }, data });
  await endWebSessionsIn(tx, accountId);
  await endPasswordLinksIn(tx, accountId);
  await tx.appPassword.deleteMany({ where: { accountId } });
  await tx.apiToken.deleteMany({ where: { accountId } });
}

/** Removes everything that an account which goes signed in with. */
export async function removeSignInsIn(tx: Tx, accountId: string): Promise<void> {
  const where = { accountId };
  await endWebSessionsIn(tx, accountId);
  await endPasswordLinksIn(tx, accountId);
  await tx.appPassword.deleteMany({ where });
  await tx.apiToken.deleteMany({ where });
  await tx.authenticator.deleteMany({ where });
  await tx.passkey.deleteMany({ where });
  await tx.recoveryCode.deleteMany({ where });
}

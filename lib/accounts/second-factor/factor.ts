// Whether an account has a second factor: an authenticator app that is in force, or a passkey. Kept on the account, so
// that a sign-in asks for one row.
import { db, type Tx, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { recordChangeIn } from '../../trail/change.ts';
import { countRecoveryCodes, renewRecoveryCodesIn } from './recovery.ts';

export type SecondFactor = {
  hasAuthenticator: boolean;
  passkeys: { id: string; name: string; createdAt: Date; lastUsedAt: Date | null }[];
  recoveryCodes: number;
};

/** What the account has. */
export async function readSecondFactor(accountId: string): Promise<SecondFactor> {
  const [authenticator, passkeys, recoveryCodes] = await Promise.all([
    db.authenticator.findUnique({ where: { accountId } }),
    db.passkey.findMany({
      where: { accountId },
      orderBy: { createdAt: 'asc' },
      select: { id: true, name: true, createdAt: true, lastUsedAt: true },
    }),
    countRecoveryCodes(accountId),
  ]);
  return { hasAuthenticator: Boolean(authenticator?.confirmedAt), passkeys, recoveryCodes };
}

/** After a change, inside its step: without any factor the recovery codes go too. */
export async function noteSecondFactorIn(tx: Tx, accountId: string): Promise<void> {
  const confirmed = { accountId, confirmedAt: { not: null } };
  const hasSecondFactor =
    (await tx.authenticator.count({ where: confirmed })) > 0 ||
    (await tx.passkey.count({ where: { accountId } })) > 0;
  await tx.account.update({ where: { id: accountId }, data: { hasSecondFactor } });
  if (!hasSecondFactor) await tx.recoveryCode.deleteMany({ where: { accountId } });
}

/** Fresh recovery codes; the old ones end. Refusal 'forbidden' without a second factor. */
export async function makeRecoveryCodes(owner: { id: string; address: string }): Promise<string[]> {
  return write(async (tx) => {
    const account = await tx.account.findUnique({ where: { id: owner.id } });
    if (!account?.hasSecondFactor) throw new Refusal('forbidden', 'There is no second factor.');
    await recordChangeIn(tx, owner.address, `user ${owner.address}`, 'new recovery codes');
    return renewRecoveryCodesIn(tx, owner.id);
  });
}

/** For whoever has lost everything: an administrator takes all factors away. Refusal 'not-found'. */
export async function resetSecondFactor(accountId: string, by: string): Promise<void> {
  await write(async (tx) => {
    const account = await tx.account.findUnique({ where: { id: accountId } });
    if (!account) throw new Refusal('not-found', 'There is no such user.');
    await tx.authenticator.deleteMany({ where: { accountId } });
    await tx.passkey.deleteMany({ where: { accountId } });
    await noteSecondFactorIn(tx, accountId);
    await recordChangeIn(tx, by, `user ${account.address}`, 'second factor taken away');
  });
}

// Links with which a user sets a password without knowing one: an administrator makes them and hands them over.
// They work once, for a day, and the newest alone.
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type Account, readAccount, setPassword } from './account.ts';
import { endPasswordLinksIn, makeToken, tokenId } from './one-time-token.ts';

/** The token of a link for the user; earlier ones end. Refusal 'not-found', 'forbidden' (shared, disabled). */
export async function createPasswordLink(accountId: string, by: string): Promise<string> {
  const { token, row } = makeToken('password', accountId);
  await write(async (tx) => {
    const account = await tx.account.findUnique({ where: { id: accountId } });
    if (!account) throw new Refusal('not-found', 'This user is not here any more.');
    if (account.kind === 'shared' || account.isDisabled) {
      throw new Refusal('forbidden', `Nobody can sign in as ${account.address} at present.`);
    }
    await endPasswordLinksIn(tx, accountId);
    await tx.oneTimeToken.create({ data: row });
    await recordChangeIn(tx, by, `user ${account.address}`, 'link to set a password made');
  });
  return token;
}

/** Whose password the link sets; null where it is none of ours, used, or past its day. */
export async function findByPasswordLink(token: string): Promise<Account | null> {
  const id = tokenId(token);
  const row = id === null ? null : await db.oneTimeToken.findUnique({ where: { id } });
  if (row?.purpose !== 'password' || row.expiresAt <= now()) return null;
  const account = await readAccount(row.accountId);
  return account && !account.isDisabled ? account : null;
}

/**
 * Sets the password and uses the link up; the user's sessions end. Returns the address. Refusal 'forbidden' (the link
 * is not valid), 'invalid' (the password).
 */
export async function setPasswordByLink(token: string, password: string): Promise<string> {
  const account = await findByPasswordLink(token);
  if (!account) throw refuseLink();
  const id = tokenId(token) ?? '';
  await setPassword(account.id, password, account.address, {
    claim: async (tx) => {
      // Two may hold the same link.
      const { count } = await tx.oneTimeToken.deleteMany({
        where: { id, accountId: account.id, expiresAt: { gt: now() } },
      });
      if (count === 0) throw refuseLink();
    },
  });
  return account.address;
}

function refuseLink(): Refusal {
  return new Refusal(
    'forbidden',
    'This link is not valid any more: it works once, and for a day. Ask for a new one.',
  );
}

// The end of an account's browser sessions, apart from web-session.ts because account.ts needs it.
import type { Tx } from '../db.ts';

/** Inside the step that moves the account's epoch: what is over by that. */
export async function endWebSessionsIn(tx: Tx, accountId: string): Promise<void> {
  await tx.webSession.deleteMany({ where: { accountId } });
}

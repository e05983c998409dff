// The timed job that greets new users: their letter (lib/accounts/user-defaults.ts) goes into the mailbox in the commit that
// takes it out of the rows that wait, so each user gets one, on however many nodes.
import { db, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { insertLetters, pokeLetters, writeLetter } from '../delivery/letter.ts';
import { wrapLine } from './announce.ts';

/** Letters of one run; the next one is near. */
const mostPerRun = 200;

/** Delivers what waits; ends between two letters when it is told to. */
export async function deliverWelcomes(signal: AbortSignal): Promise<{ mailed: number }> {
  const rows = await db.welcome.findMany({ orderBy: { createdAt: 'asc' }, take: mostPerRun });
  let mailed = 0;
  for (const row of rows) {
    if (signal.aborted) break;
    if (await deliver(row)) mailed++;
  }
  return { mailed };
}

async function deliver(row: { accountId: string; subject: string; text: string }) {
  const where = { accountId: row.accountId };
  const account = await db.account.findUnique({ where: { id: row.accountId } });
  if (!account) {
    await write((tx) => tx.welcome.deleteMany({ where }));
    return false;
  }
  const words = { subject: row.subject, lines: row.text.split('\n').flatMap(wrapLine) };
  const letter = await writeLetter(account, words, splitAddress(account.address).domain);
  try {
    await write(async (tx) => {
      // Mailboxes before other rows, the order of locks everywhere.
      await insertLetters(tx, [letter], 'welcome');
      const { count } = await tx.welcome.deleteMany({ where });
      if (count === 0) throw new Refusal('conflict', 'Another process has delivered it.');
    });
  } catch (error) {
    if (isRefusal(error, 'conflict')) return false;
    throw error;
  }
  pokeLetters([letter]);
  return true;
}

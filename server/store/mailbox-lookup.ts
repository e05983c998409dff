// Rows of mailboxes as they were read since the last commit: most commands of IMAP look at one, and mostly nobody
// has committed since the last look. On PostgreSQL, where that cannot be told, each look reads.
//
// Invariant: a row is kept only until the next commit, by whomever (readOnceACommit): never the truth for longer.
import { db, readOnceACommit } from '#lib/db.ts';
import { type Mailbox, readMailbox, readMailboxByName } from './mailbox-row.ts';

type Rows = { byId: Map<string, Mailbox>; byName: Map<string, Mailbox | null> };

const listKnown = readOnceACommit<Rows>(async () => ({ byId: new Map(), byName: new Map() }));

/** So that a server which nobody writes to does not collect for ever. */
const maxKnown = 5000;

/** The mailbox as it is committed; not to be changed. Refusal 'not-found', also for another account's. */
export async function lookUpMailbox(accountId: string, mailboxId: string): Promise<Mailbox> {
  const { byId } = await listKnown();
  const key = `${accountId} ${mailboxId}`;
  return byId.get(key) ?? keep(byId, key, await readMailbox(db, accountId, mailboxId));
}

/** The mailbox of that canonical name, or null; not to be changed. */
export async function lookUpMailboxByName(
  accountId: string,
  name: string,
): Promise<Mailbox | null> {
  const { byName } = await listKnown();
  const key = `${accountId} ${name}`;
  const known = byName.get(key);
  return known === undefined
    ? keep(byName, key, await readMailboxByName(db, accountId, name))
    : known;
}

function keep<T>(known: Map<string, T>, key: string, row: T): T {
  if (known.size >= maxKnown) known.clear();
  known.set(key, row);
  return row;
}

// The mailboxes of an account: found, listed, made, renamed, deleted, subscribed (RFC 3501 §6.3).
// Invariant: a parent is always a real mailbox, since Outlook loses mail below one that is not. The twins
// (keep.ts) are no mailboxes of the user: nothing here makes, renames, deletes, subscribes or counts one, but
// as the shadow of its mailbox.
import { now } from '#lib/clock.ts';
import { cutRows, db, empty, isUniqueViolation, join, sql, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { moveIn } from './copy.ts';
import { lockAll, lockWithTwin, renameTwin } from './deleted/keep.ts';
import { relocateRows, selectFirst, sumSizes } from './deleted/leaving.ts';
import { holdNames } from './hold-names.ts';
import { pokeMailbox } from './journal.ts';
import { lookUpMailbox, lookUpMailboxByName } from './mailbox-lookup.ts';
import {
  canonicalName,
  findCanonicalName,
  isBelow,
  isRecoverable,
  parentNames,
  recoverableName,
  recoverableRoot,
} from './mailbox-name.ts';
import { removeMailbox } from './mailbox-removal.ts';
import {
  lockMailbox,
  type Mailbox,
  type MailboxRow,
  mailboxColumns,
  readMailbox,
  readMailboxByName,
  toMailbox,
} from './mailbox-row.ts';
import { returnQuota } from './quota/quota.ts';
import { copyAnnotationsIn } from './sharing/annotation-rows.ts';
import { renameSharedIn, subscribeMembersIn } from './sharing/member-subscriptions.ts';
import { inheritRightsIn } from './sharing/rights.ts';
import { firstMailboxes, specialUses } from './special-use.ts';
import { takeUidValidity } from './uid-validity.ts';

export type { Mailbox } from './mailbox-row.ts';

/** Of an account; LIST, and renaming a mailbox above all the others, stay below a second. */
export const maxMailboxes = 10_000;
const maxSubscriptions = 20_000;
/** Messages that one step of a deletion moves at most: others want to write too. */
const rowsPerDelete = 5000;

/** Makes the mailboxes of a new account; does nothing where INBOX is there, so a deleted one stays away. */
export async function ensureMailboxes(accountId: string): Promise<void> {
  if (await findMailbox(accountId, 'INBOX')) return;
  await write(async (tx) => {
    const account = await tx.account.findUnique({ where: { id: accountId }, select: { id: true } });
    if (!account) throw new Refusal('not-found', 'There is no such account.');
    await holdNames(tx, accountId);
    if (await readMailboxByName(tx, accountId, 'INBOX')) return;
    for (const [name, specialUse] of firstMailboxes) {
      await insertMailbox(tx, accountId, name, specialUse);
      await insertSubscription(tx, accountId, name);
      await subscribeMembersIn(tx, accountId, name);
    }
  });
  poke(`account:${accountId}`);
}

/** Mailboxes of the account, INBOX first, then by name; those of deleted messages only when asked for 'all'. */
export async function listMailboxes(
  accountId: string,
  which: 'own' | 'all' = 'own',
): Promise<Mailbox[]> {
  const mailboxes = await (which === 'all' ? selectAll : selectOwn)(db, accountId);
  return mailboxes.sort(
    (a, b) => Number(b.name === 'INBOX') - Number(a.name === 'INBOX') || (a.name < b.name ? -1 : 1),
  );
}

/** The mailbox of that name (any spelling of it), or null. */
export async function findMailbox(accountId: string, name: string): Promise<Mailbox | null> {
  const canonical = findCanonicalName(name);
  return canonical === null ? null : lookUpMailboxByName(accountId, canonical);
}

/** The same inside a step, with a canonical name. */
export function findIn(tx: Tx, accountId: string, name: string): Promise<Mailbox | null> {
  return readMailboxByName(tx, accountId, name);
}

/**
 * Where new mail goes, by account: INBOX, or for junk the mailbox with special use \\Junk where there is one.
 * Accounts without either are left out.
 */
export async function findArrivalMailboxes(
  accountIds: string[],
  isJunk: boolean,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const part of cutRows(accountIds.map((accountId) => sql`${accountId}`))) {
    const rows = await db.$queryRaw<{ accountId: string; id: string; name: string }[]>`
      SELECT "accountId", "id", "name" FROM "Mailbox" WHERE "accountId" IN (${join(part)})
      AND ("name" = 'INBOX'${isJunk ? sql` OR "specialUse" = '\\Junk'` : empty})`;
    for (const { accountId, id, name } of rows) {
      if (name !== 'INBOX' || !found.has(accountId)) found.set(accountId, id);
    }
  }
  return found;
}

/**
 * Makes a mailbox and the levels above it. Refusal 'exists', 'invalid' (name or special use), 'limit',
 * 'forbidden' for a name of the server's.
 */
export async function createMailbox(
  accountId: string,
  name: string,
  specialUse: string | null = null,
): Promise<Mailbox> {
  const canonical = ownName(name);
  if (specialUse !== null && !specialUses.has(specialUse)) {
    throw new Refusal('invalid', 'There is no such special use.');
  }
  const created = await write((tx) => createIn(tx, accountId, canonical, specialUse));
  poke(`account:${accountId}`);
  return created;
}

/** The same inside a step of the caller, with a canonical name; the caller pokes. */
export async function createIn(
  tx: Tx,
  accountId: string,
  name: string,
  specialUse: string | null,
): Promise<Mailbox> {
  await holdNames(tx, accountId);
  const above = await selectNamed(tx, accountId, [name, ...parentNames(name)]);
  const names = new Set(above.map((mailbox) => mailbox.name));
  if (names.has(name)) throw new Refusal('exists', 'There is a mailbox of that name already.');
  const missing = [...parentNames(name).filter((parent) => !names.has(parent)), name];
  await requireRoom(tx, accountId, missing.length);
  const account = await tx.account.findUnique({ where: { id: accountId }, select: { id: true } });
  if (!account) throw new Refusal('not-found', 'There is no such account.');
  await insertMailboxes(tx, above, accountId, missing.slice(0, -1));
  const id = (await insertMailboxes(tx, above, accountId, [name], specialUse))[0]!;
  return readMailbox(tx, accountId, id);
}

/** Refusal 'limit' where the account may not have so many mailboxes more. */
async function requireRoom(tx: Tx, accountId: string, more: number): Promise<void> {
  // "0" comes behind "/": without the twins, as isRecoverable says it.
  const rows = await tx.$queryRaw<{ count: number }[]>`SELECT COUNT(*) AS "count" FROM "Mailbox"
    WHERE "accountId" = ${accountId}
    AND NOT ("name" >= ${`${recoverableRoot}/`} AND "name" < ${`${recoverableRoot}0`})`;
  if (Number(rows[0]?.count) + more > maxMailboxes) {
    throw new Refusal('limit', `An account has at most ${maxMailboxes} mailboxes.`);
  }
}

/** Makes mailboxes, outermost first; they are open to whom the nearest one `above` is (RFC 4314 §4). */
async function insertMailboxes(
  tx: Tx,
  above: readonly Mailbox[],
  accountId: string,
  names: readonly string[],
  specialUse: string | null = null,
): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const id = await insertMailbox(tx, accountId, name, specialUse);
    const parents = above.filter((mailbox) => isBelow(name, mailbox.name));
    const nearest = parents.sort((one, other) => other.name.length - one.name.length)[0];
    if (nearest) await inheritRightsIn(tx, nearest, { id, name });
    await subscribeMembersIn(tx, accountId, name);
    ids.push(id);
  }
  return ids;
}

/**
 * Renames a mailbox with all that is below it. INBOX is never renamed: its messages move into the new
 * mailbox and what is below it stays (RFC 3501 §6.3.5). What was expunged from a mailbox goes along with it.
 * Refusal 'not-found', 'exists', 'invalid', 'limit', 'forbidden' for a name of the server's.
 */
export async function renameMailbox(accountId: string, from: string, to: string): Promise<void> {
  const source = findCanonicalName(from);
  const target = ownName(to);
  if (source !== null && isRecoverable(source)) throw refuseName();
  const moved = await write(async (tx) => {
    await holdNames(tx, accountId);
    const found = source === null ? null : await readMailboxByName(tx, accountId, source);
    if (!found) throw new Refusal('not-found', 'There is no such mailbox.');
    if (found.name === 'INBOX') {
      const created = await createIn(tx, accountId, target, null);
      await moveIn(tx, accountId, found.id, null, created.id);
      await copyAnnotationsIn(tx, accountId, found.id, created.id);
      return [found.id, created.id];
    }
    return renameTree(tx, accountId, found.name, target);
  });
  for (const id of moved) pokeMailbox(accountId, id);
}

async function renameTree(tx: Tx, accountId: string, from: string, to: string): Promise<string[]> {
  if (isBelow(to, from)) throw new Refusal('invalid', 'A mailbox cannot be moved below itself.');
  const all = await selectOwn(tx, accountId);
  const names = new Set(all.map((mailbox) => mailbox.name));
  if (names.has(to)) throw new Refusal('exists', 'There is a mailbox of that name already.');
  const missing = parentNames(to).filter((parent) => !names.has(parent));
  if (missing.length > 0) await requireRoom(tx, accountId, missing.length);
  await insertMailboxes(tx, all, accountId, missing);
  const tree = all.filter((mailbox) => mailbox.name === from || isBelow(mailbox.name, from));
  const renames = tree.map(({ id, name }) => {
    return { id, from: name, to: canonicalName(to + name.slice(from.length)) };
  });
  const twins = await renameTwins(tx, accountId, renames);
  for (const { id, to: name } of renames) {
    await tx.$executeRaw`UPDATE "Mailbox" SET "name" = ${name}
      WHERE "accountId" = ${accountId} AND "id" = ${id}`;
  }
  await renameSharedIn(tx, accountId, renames);
  return [...tree.map((mailbox) => mailbox.id), ...twins];
}

/** Returns the ids of the twins that changed. */
async function renameTwins(
  tx: Tx,
  accountId: string,
  renames: { id: string; from: string; to: string }[],
): Promise<string[]> {
  const all = await selectAll(tx, accountId);
  const twins = new Map(all.map(({ id, name }) => [name, id]));
  const affected = renames.flatMap((rename) => {
    const fromId = twins.get(recoverableName(rename.from)) ?? null;
    const toId = twins.get(recoverableName(rename.to)) ?? null;
    return fromId || toId ? [{ ...rename, fromId, toId }] : [];
  });
  const ids = affected.flatMap(({ id, fromId, toId }) => [id, fromId, toId]);
  await lockAll(
    tx,
    accountId,
    ids.filter((id) => id !== null),
  );
  const changed: string[] = [];
  for (const one of affected) changed.push(...(await renameTwin(tx, accountId, one)));
  return changed;
}

/**
 * Deletes a mailbox; its messages stay restorable like expunged ones, its subscription stays (RFC 3501
 * §6.3.6). A large mailbox empties in steps before it goes. Refusal 'not-found', 'forbidden' for INBOX and
 * the server's mailboxes, 'in-use' where there are mailboxes below it.
 */
export async function deleteMailbox(accountId: string, name: string): Promise<void> {
  const canonical = findCanonicalName(name);
  if (canonical === 'INBOX') throw new Refusal('forbidden', 'INBOX cannot be deleted.');
  if (canonical !== null && isRecoverable(canonical)) throw refuseName();
  for (let isDone = false; !isDone; ) {
    const outcome = await write((tx) => deletePart(tx, accountId, canonical));
    for (const id of outcome.changed) pokeMailbox(accountId, id);
    isDone = outcome.isDone;
  }
}

async function deletePart(
  tx: Tx,
  accountId: string,
  name: string | null,
): Promise<{ changed: string[]; isDone: boolean }> {
  await holdNames(tx, accountId);
  const all = await selectOwn(tx, accountId);
  const found = all.find((mailbox) => mailbox.name === name);
  if (!found) throw new Refusal('not-found', 'There is no such mailbox.');
  if (all.some((mailbox) => isBelow(mailbox.name, found.name))) {
    throw new Refusal('in-use', 'There are mailboxes below this one. Delete them first.');
  }
  if (found.messages === 0) {
    const mailbox = await lockMailbox(tx, accountId, found.id);
    // Where something arrived meanwhile, the next step takes care of it.
    if (mailbox.messages === 0) await removeMailbox(tx, mailbox);
    return { changed: [found.id], isDone: mailbox.messages === 0 };
  }
  const { mailbox, twin } = await lockWithTwin(tx, accountId, found.id);
  if (!twin) throw new Refusal('conflict', 'The mailbox has been renamed.');
  const rows = await selectFirst(tx, accountId, mailbox.id, rowsPerDelete);
  if (rows.length > 0) {
    await returnQuota(tx, accountId, sumSizes(rows), rows.length);
    await relocateRows(tx, accountId, mailbox.id, rows, twin.id, true);
  }
  const isDone = rows.length >= mailbox.messages;
  if (isDone) await removeMailbox(tx, mailbox);
  return { changed: [mailbox.id, twin.id], isDone };
}

/** Subscribed names, whether or not there are mailboxes of those names (RFC 3501 §6.3.6). */
export async function listSubscriptions(accountId: string): Promise<string[]> {
  const rows = await db.subscription.findMany({ where: { accountId }, orderBy: { name: 'asc' } });
  return rows.map((row) => row.name);
}

/**
 * Subscribes a name or ends that; both are harmless when it is so already. `isKnown`: the caller knows the
 * mailbox, which is somebody else's. Refusal 'not-found' for a subscription to a mailbox that is not there,
 * 'forbidden' for one to the server's, 'invalid', 'limit'.
 */
export async function setSubscription(
  accountId: string,
  name: string,
  isSubscribed: boolean,
  isKnown = false,
): Promise<void> {
  const canonical = canonicalName(name);
  if (isSubscribed && isRecoverable(canonical)) throw refuseName();
  await write(async (tx) => {
    if (!isSubscribed) {
      await tx.subscription.deleteMany({ where: { accountId, name: canonical } });
      return;
    }
    if (!isKnown && !(await readMailboxByName(tx, accountId, canonical))) {
      throw new Refusal('not-found', 'There is no such mailbox.');
    }
    if ((await tx.subscription.count({ where: { accountId } })) >= maxSubscriptions) {
      throw new Refusal('limit', `An account has at most ${maxSubscriptions} subscriptions.`);
    }
    await insertSubscription(tx, accountId, canonical);
  });
  poke(`account:${accountId}`);
}

/**
 * Takes \Recent for one session (RFC 3501 §2.3.2): returns the first UID that no session had claimed;
 * messages from there on are recent to the claimer and to nobody else. Refusal 'not-found'.
 */
export async function claimRecent(accountId: string, mailboxId: string): Promise<number> {
  const seen = await lookUpMailbox(accountId, mailboxId);
  // Opening a mailbox without new mail must not cost a commit.
  if (seen.recentUid === seen.uidNext) return seen.recentUid;
  return write(async (tx) => {
    const mailbox = await lockMailbox(tx, accountId, mailboxId);
    await tx.$executeRaw`UPDATE "Mailbox" SET "recentUid" = "uidNext"
      WHERE "accountId" = ${accountId} AND "id" = ${mailboxId}`;
    return mailbox.recentUid;
  });
}

async function selectAll(source: Tx, accountId: string): Promise<Mailbox[]> {
  const rows = await source.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
    WHERE "accountId" = ${accountId}`;
  return rows.map(toMailbox);
}

async function selectNamed(source: Tx, accountId: string, names: string[]): Promise<Mailbox[]> {
  const rows = await source.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "name" IN (${join(names)})`;
  return rows.map(toMailbox);
}

/** Without the twins. */
async function selectOwn(source: Tx, accountId: string): Promise<Mailbox[]> {
  return (await selectAll(source, accountId)).filter((mailbox) => !isRecoverable(mailbox.name));
}

/** Canonical name of a mailbox that a user may make. */
function ownName(name: string): string {
  const canonical = canonicalName(name);
  if (isRecoverable(canonical)) throw refuseName();
  return canonical;
}

function refuseName(): Refusal {
  return new Refusal('forbidden', `Names below ${recoverableRoot} belong to the server.`);
}

async function insertMailbox(
  tx: Tx,
  accountId: string,
  name: string,
  specialUse: string | null,
): Promise<string> {
  const id = newId();
  const uidValidity = await takeUidValidity(tx, accountId);
  try {
    await tx.mailbox.create({
      data: { accountId, id, name, uidValidity, specialUse, createdAt: now() },
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Refusal('exists', 'There is a mailbox of that name already.');
  }
  return id;
}

async function insertSubscription(tx: Tx, accountId: string, name: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
    VALUES (${accountId}, ${name}) ON CONFLICT DO NOTHING`;
}

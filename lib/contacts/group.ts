// Groups of a personal book: several contacts under a name, written to at once.
import { now } from '../clock.ts';
import { isUniqueViolation, join, sql, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import { forgetBook } from './book.ts';
import { cleanLine } from './clean.ts';

const maxGroups = 200;

/** Adds a group, with contacts in it. Its id. Refusal 'invalid', 'exists', 'limit'. */
export async function addGroup(
  accountId: string,
  name: string,
  contactIds: string[] = [],
): Promise<string> {
  return change(accountId, async (tx) => {
    const id = await addGroupIn(tx, accountId, name);
    await addMembersIn(tx, accountId, id, contactIds);
    return id;
  });
}

/** The same as a part of a step; the caller calls forgetBook(). */
export async function addGroupIn(tx: Tx, accountId: string, typed: string): Promise<string> {
  const name = checkName(typed);
  if ((await tx.contactGroup.count({ where: { accountId } })) >= maxGroups) {
    throw new Refusal('limit', `At most ${maxGroups} groups.`);
  }
  const id = newId();
  await tx.contactGroup.create({ data: { accountId, id, name, createdAt: now() } });
  return id;
}

/** Renames a group, puts contacts in or takes them out. Refusal 'not-found', 'invalid', 'exists'. */
export async function updateGroup(
  accountId: string,
  id: string,
  { name, add = [], remove = [] }: { name?: string; add?: string[]; remove?: string[] },
): Promise<void> {
  await change(accountId, async (tx) => {
    const data = name === undefined ? {} : { name: checkName(name) };
    const row = await tx.contactGroup.findUnique({ where: { accountId_id: { accountId, id } } });
    if (!row) throw missing();
    if (name !== undefined) await tx.contactGroup.updateMany({ where: { accountId, id }, data });
    await addMembersIn(tx, accountId, id, add);
    if (remove.length > 0) {
      await tx.$executeRaw`DELETE FROM "ContactGroupMember" WHERE "accountId" = ${accountId}
        AND "groupId" = ${id} AND "contactId" IN (${join(remove.slice(0, 500))})`;
    }
  });
}

/** Removes a group; its contacts stay. Refusal 'not-found'. */
export async function removeGroup(accountId: string, id: string): Promise<void> {
  await change(accountId, async (tx) => {
    await tx.contactGroupMember.deleteMany({ where: { accountId, groupId: id } });
    const { count } = await tx.contactGroup.deleteMany({ where: { accountId, id } });
    if (count === 0) throw missing();
  });
}

/** Contacts that do not exist are left out, as those that are in already. */
export async function addMembersIn(
  tx: Tx,
  accountId: string,
  groupId: string,
  contactIds: string[],
): Promise<void> {
  for (let start = 0; start < contactIds.length; start += 500) {
    const part = join(contactIds.slice(start, start + 500));
    await tx.$executeRaw(sql`INSERT INTO "ContactGroupMember" ("accountId", "groupId", "contactId")
      SELECT "accountId", ${groupId}, "id" FROM "Contact"
      WHERE "accountId" = ${accountId} AND "id" IN (${part}) ON CONFLICT DO NOTHING`);
  }
}

async function change<T>(accountId: string, step: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await write(step);
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw new Refusal('exists', 'There is a group of this name already.', 'name');
    }
    throw error;
  } finally {
    forgetBook(accountId);
  }
}

function checkName(typed: string): string {
  const name = cleanLine(typed, 100);
  if (name === '') throw new Refusal('invalid', 'Give the group a name.', 'name');
  return name;
}

function missing(): Refusal {
  return new Refusal('not-found', 'This group does not exist.');
}

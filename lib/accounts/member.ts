// Who opens a shared mailbox: members read it, may write in it (lib/accounts/rights.ts says which rights that
// gives), and may send with its address (route.ts maySendAs).
import { cutRows, db, join, sql, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { poke } from '../poke.ts';
import { recordChangeIn } from '../trail/change.ts';
import { recordedMember } from './recorded.ts';

export type Member = {
  accountId: string;
  /** Canonical */
  address: string;
  mayWrite: boolean;
  maySend: boolean;
};

const maxMembers = 1000;

/** Members by shared mailbox, each by address; ids of shared mailboxes in. */
export async function listMembers(sharedIds: string[]): Promise<Map<string, Member[]>> {
  const found: (Member & { sharedId: string })[] = [];
  for (const part of cutRows(sharedIds.map((id) => sql`${id}`))) {
    const rows = await db.$queryRaw<
      { sharedId: string; id: string; address: string; mayWrite: unknown; maySend: unknown }[]
    >`SELECT "Member"."sharedId", "Account"."id", "Account"."address", "Member"."mayWrite",
        "Member"."maySend"
      FROM "Member" JOIN "Account" ON "Account"."id" = "Member"."memberId"
      WHERE "Member"."sharedId" IN (${join(part)})`;
    for (const { sharedId, id, address, mayWrite, maySend } of rows) {
      found.push({
        sharedId,
        accountId: id,
        address,
        // SQLite has no boolean of its own.
        mayWrite: Number(mayWrite) === 1,
        maySend: Number(maySend) === 1,
      });
    }
  }
  found.sort((one, other) => (one.address < other.address ? -1 : 1));
  const members = new Map<string, Member[]>();
  for (const { sharedId, ...member } of found) {
    const list = members.get(sharedId);
    if (list) list.push(member);
    else members.set(sharedId, [member]);
  }
  return members;
}

/** What the history calls a membership. */
export function memberKey(sharedId: string, memberId: string): string {
  return `${sharedId} ${memberId}`;
}

export type Membership = { mayWrite: boolean; maySend: boolean };

/**
 * Makes a user a member of a shared mailbox, or changes what the member may. Refusal 'not-found' (either of
 * them), 'invalid' for what is no user, 'limit'.
 */
export async function setMember(
  sharedId: string,
  memberId: string,
  membership: Membership,
  by: string,
): Promise<void> {
  await revise(by, recordedMember, memberKey(sharedId, memberId), async (tx) => {
    const { shared, member } = await findBoth(tx, sharedId, memberId);
    const where = { sharedId_memberId: { sharedId, memberId } };
    const known = await tx.member.findUnique({ where });
    if (known) await tx.member.update({ where, data: membership });
    else {
      if ((await tx.member.count({ where: { sharedId } })) >= maxMembers) {
        throw new Refusal('limit', `A shared mailbox has at most ${maxMembers} members.`);
      }
      await tx.member.create({ data: { sharedId, memberId, ...membership } });
      await subscribe(tx, sharedId, memberId, shared.address);
    }
    await recordChangeIn(
      tx,
      by,
      `shared mailbox ${shared.address}`,
      describe(member.address, membership),
    );
  });
  pokeBoth(sharedId, memberId);
}

function describe(address: string, { mayWrite, maySend }: Membership): string {
  const words = ['reads', ...(mayWrite ? ['writes'] : []), ...(maySend ? ['sends'] : [])];
  return `member ${address}: ${words.join(', ')}`;
}

/** Ends a membership; its rights end with it, in open sessions too. Refusal 'not-found'. */
export async function removeMember(sharedId: string, memberId: string, by: string): Promise<void> {
  await revise(by, recordedMember, memberKey(sharedId, memberId), async (tx) => {
    const { shared, member } = await findBoth(tx, sharedId, memberId);
    const { count } = await tx.member.deleteMany({ where: { sharedId, memberId } });
    if (count === 0) throw new Refusal('not-found', `${member.address} is no member.`, 'member');
    const prefix = `Shared/${shared.address}/`;
    await tx.$executeRaw`DELETE FROM "Subscription" WHERE "accountId" = ${memberId}
      AND SUBSTR("name", 1, ${prefix.length}) = ${prefix}`;
    await recordChangeIn(
      tx,
      by,
      `shared mailbox ${shared.address}`,
      `no member: ${member.address}`,
    );
  });
  pokeBoth(sharedId, memberId);
}

async function findBoth(tx: Tx, sharedId: string, memberId: string) {
  const shared = await tx.account.findUnique({ where: { id: sharedId } });
  const member = await tx.account.findUnique({ where: { id: memberId } });
  if (shared?.kind !== 'shared') {
    throw new Refusal('not-found', 'This shared mailbox is not here any more.');
  }
  if (!member) throw new Refusal('not-found', 'There is no such user here.', 'member');
  if (member.kind !== 'person') {
    throw new Refusal('invalid', `${member.address} is a shared mailbox itself.`, 'member');
  }
  return { shared, member };
}

/** Mail programs that show subscribed mailboxes only find it at once. */
async function subscribe(
  tx: Tx,
  sharedId: string,
  memberId: string,
  address: string,
): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
    SELECT ${memberId}, ${`Shared/${address}/`} || "name" FROM "Mailbox"
    WHERE "accountId" = ${sharedId} AND "name" NOT LIKE '#deleted%' ON CONFLICT DO NOTHING`;
}

function pokeBoth(sharedId: string, memberId: string): void {
  poke(`account:${sharedId}`);
  poke(`account:${memberId}`);
}

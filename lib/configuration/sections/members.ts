// Who opens shared mailboxes, in a file.
import { z } from 'zod';
import { requireAccount } from '#lib/accounts/account.ts';
import { listMembers, memberKey, removeMember, setMember } from '#lib/accounts/member.ts';
import { recordedMember } from '#lib/accounts/recorded.ts';
import { requireSharedMailbox } from '#lib/accounts/shared.ts';
import { db } from '#lib/db.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  mailbox: z.string().trim().toLowerCase(),
  address: z.string().trim().toLowerCase(),
  mayWrite: z.boolean().optional(),
  maySend: z.boolean().optional(),
});
type Item = z.infer<typeof schema>;

export const membersSection: Section = {
  name: 'members',
  recorded: recordedMember,
  schema,
  identify: ({ mailbox, address }) => `${address} of ${mailbox}`,
  list: async () => {
    const where = { kind: 'shared', deletedAt: null };
    const shared = await db.account.findMany({ where, orderBy: { address: 'asc' } });
    const members = await listMembers(shared.map(({ id }) => id));
    // They are no users of the file, and stay members for when they are restored.
    const deleted = await db.account.findMany({
      where: { deletedAt: { not: null } },
      select: { id: true },
    });
    const isDeleted = new Set(deleted.map(({ id }) => id));
    return shared.flatMap(({ id, address: mailbox }) =>
      (members.get(id) ?? [])
        .filter(({ accountId }) => !isDeleted.has(accountId))
        .map(({ accountId, address, mayWrite, maySend }) => ({
          key: memberKey(id, accountId),
          fields: { mailbox, address, mayWrite, maySend },
        })),
    );
  },
  add: async (fields, by) => {
    const { mailbox, address, mayWrite = true, maySend = false } = fields as Item;
    const shared = await requireSharedMailbox(mailbox);
    const member = await requireAccount(address);
    await setMember(shared.id, member.id, { mayWrite, maySend }, by);
    return memberKey(shared.id, member.id);
  },
  change: async (key, fields, by) => {
    const [sharedId, memberId] = idsOf(key);
    const { mayWrite, maySend } = { ...(await recordedMember.read(db, key)), ...fields } as Item;
    const membership = { mayWrite: mayWrite === true, maySend: maySend === true };
    await setMember(sharedId, memberId, membership, by);
  },
  remove: (key, by) => removeMember(...idsOf(key), by),
};

function idsOf(key: string): [string, string] {
  const [sharedId = '', memberId = ''] = key.split(' ');
  return [sharedId, memberId];
}

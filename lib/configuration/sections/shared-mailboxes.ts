// Shared mailboxes in a file; who opens them stands in members.ts. Files never remove one: that removes mail.
import { z } from 'zod';
import { readAccount, updateAccount } from '#lib/accounts/account.ts';
import { recordedSharedMailbox, toSharedFields } from '#lib/accounts/recorded.ts';
import { addSharedMailbox, type NewSharedMailbox } from '#lib/accounts/shared.ts';
import { db } from '#lib/db.ts';
import { renameAccount } from '#lib/renaming/rename-user.ts';
import { restorable } from '../restorable.ts';
import type { Section } from '../section.ts';

const limit = z.number().int().nonnegative().nullable().optional();

const schema = z.strictObject({
  address: z.string().trim().toLowerCase(),
  displayName: z.string().optional(),
  isDisabled: z.boolean().optional(),
  quotaBytes: limit,
  quotaMessages: limit,
});

export const sharedMailboxesSection: Section = {
  name: 'sharedMailboxes',
  recorded: recordedSharedMailbox,
  schema,
  identify: ({ address }) => String(address),
  isKept: 'shared mailboxes are not removed here, because their mail would go with them',
  list: async () => {
    const rows = await db.account.findMany({
      where: { kind: 'shared', deletedAt: null },
      orderBy: { address: 'asc' },
    });
    return rows.map((row) => ({ key: row.id, fields: toSharedFields(row) }));
  },
  later: ['isDisabled', 'quotaBytes', 'quotaMessages'],
  add: async (fields, by) => (await addSharedMailbox(fields as NewSharedMailbox, by)).id,
  change: async (key, { address, ...fields }, by) => {
    // In a file the address says which is meant; it is another one only where a renaming is taken back.
    if (typeof address === 'string' && address !== (await readAccount(key))?.address) {
      await renameAccount(key, { address, keepsOld: false }, by);
    }
    if (Object.keys(fields).length > 0) await updateAccount(key, fields, by);
  },
  ...restorable,
};

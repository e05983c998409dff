// Users in a file: their fields, never their passwords; on request what their passwords are compared with. Who is new and has
// none cannot sign in until somebody sets a password. Files never remove a user: that removes mail.
import { z } from 'zod';
import {
  addAccount,
  type ImportedPassword,
  readAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { closableProtocols } from '#lib/accounts/closed-protocols.ts';
import { importHash } from '#lib/accounts/hash/read.ts';
import { lockedHash } from '#lib/accounts/lock.ts';
import { recordedAccount, toAccountFields } from '#lib/accounts/recorded.ts';
import { type Role, roles } from '#lib/accounts/role.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import type { Fields } from '#lib/history/revise.ts';
import { renameAccount } from '#lib/renaming/rename-user.ts';
import { restorable } from '../restorable.ts';
import type { Section } from '../section.ts';

const limit = z.number().int().nonnegative().nullable().optional();

const schema = z.strictObject({
  address: z.string().trim().toLowerCase(),
  displayName: z.string().optional(),
  role: z.enum(roles).optional(),
  domains: z.array(z.string().trim().toLowerCase()).optional(),
  isDisabled: z.boolean().optional(),
  quotaBytes: limit,
  quotaMessages: limit,
  dailyMessages: limit,
  dailyRecipients: limit,
  closedProtocols: z.array(z.enum(closableProtocols)).optional(),
  passwordHash: z.string().max(1000).optional(),
});
type Item = z.infer<typeof schema>;

export const usersSection: Section = {
  name: 'users',
  recorded: recordedAccount,
  schema,
  identify: ({ address }) => String(address),
  isKept: 'users are not removed here, because their mail would go with them',
  list: () => listUsers(false),
  later: ['role', 'domains', 'isDisabled', 'dailyMessages', 'dailyRecipients', 'closedProtocols'],
  add: async (fields, by) => {
    const { passwordHash = null, ...item } = fields as Item;
    const account = await addAccount({ ...item, password: readSecret(passwordHash) }, by);
    return account.id;
  },
  change: async (key, fields, by) => {
    const { address, role, domains, passwordHash: _hash, ...change }: Partial<Item> = fields;
    // In a file the address says who is meant; it is another one only where a renaming is taken back.
    if (address !== undefined && address !== (await readAccount(key))?.address) {
      await renameAccount(key, { address, keepsOld: false }, by);
    }
    if (Object.keys(change).length > 0) await updateAccount(key, change, by);
    if (role === undefined && domains === undefined) return;
    const now = await recordedAccount.read(db, key);
    const wanted = {
      role: role ?? (now?.role as Role),
      domains: domains ?? (now?.domains as string[]),
    };
    await giveRole(key, wanted, by);
  },
  ...restorable,
};

/** What a file says a password is compared with: what an import would take, or the mark of a locked account. */
function readSecret(hash: string | null): ImportedPassword {
  if (hash === null || hash === lockedHash) return { stored: hash };
  const read = importHash(hash);
  if (read.kind === 'refused') throw new Refusal('invalid', read.reason, 'passwordHash');
  return read.kind === 'plain' ? { plain: read.password } : { stored: read.stored };
}

/** Everybody by address; `withHashes`: with what their passwords are compared with. */
export async function listUsers(withHashes: boolean): Promise<{ key: string; fields: Fields }[]> {
  const rows = await db.account.findMany({
    where: { kind: 'person', deletedAt: null },
    orderBy: { address: 'asc' },
  });
  const names = new Map(
    (await db.domain.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [
      id,
      name,
    ]),
  );
  const charges = Map.groupBy(await db.charge.findMany(), ({ accountId }) => accountId);
  return rows.map((row) => {
    const own = (charges.get(row.id) ?? []).map(({ domainId }) => names.get(domainId) ?? '').sort();
    const hash = withHashes && row.passwordHash ? { passwordHash: row.passwordHash } : {};
    return { key: row.id, fields: { ...toAccountFields(row, own), ...hash } };
  });
}

// What a user has chosen for POP3 in place of the settings of the server: which folders it shows, what becomes of
// messages that a program deletes, and whether fetched ones count as read.
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { findSetting, type Settings } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';
import type { Account } from './account.ts';

const keys = ['pop3.folders', 'pop3.deletion', 'pop3.marksSeen'] as const;
type Key = (typeof keys)[number];
export type Pop3Choice = Partial<Pick<Settings, Key>>;

const name = 'pop3';

/** What is chosen; a stored value that no longer fits counts as none. */
export async function readPop3Choice(accountId: string): Promise<Pop3Choice> {
  const row = await db.preference.findUnique({ where: { accountId_name: { accountId, name } } });
  if (!row) return {};
  const stored = JSON.parse(row.value) as Record<string, unknown>;
  const fitting = keys.filter((key) => findSetting(key).schema.safeParse(stored[key]).success);
  return Object.fromEntries(fitting.map((key) => [key, stored[key]]));
}

/** Changes some; undefined gives back to the settings. Refusal 'invalid'. */
export async function changePop3Choice(
  { id: accountId, address }: Account,
  change: { [K in Key]?: unknown },
  by: string,
): Promise<Pop3Choice> {
  const choice: Record<string, unknown> = { ...(await readPop3Choice(accountId)) };
  for (const [key, value] of Object.entries(change)) {
    const parsed = findSetting(key).schema.optional().safeParse(value);
    if (!parsed.success) {
      const text = parsed.error.issues[0]?.message ?? key;
      throw new Refusal('invalid', text, key.slice('pop3.'.length));
    }
    choice[key] = parsed.data;
  }
  const value = JSON.stringify(choice);
  await write(async (tx) => {
    const where = { accountId_name: { accountId, name } };
    await tx.preference.upsert({ where, create: { accountId, name, value }, update: { value } });
    await recordChangeIn(tx, by, `user ${address}`, `POP3 ${value}`);
  });
  return readPop3Choice(accountId);
}

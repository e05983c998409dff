// Entries that name an account which is no more: members of shared mailboxes, rights (RFC 4314), private annotations
// (RFC 5464). They open nothing, since ids never come twice; an account that comes back from a backup finds its own.
import { db, raw, type Sql, sql, write } from '#lib/db.ts';
import type { Found, Look } from './finding.ts';

type Named = { kind: string; table: string; what: string; isLost: Sql };

const named: Named[] = [
  {
    kind: 'member-without-account',
    table: 'Member',
    what: 'members of shared mailboxes',
    isLost: sql`NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = "Member"."sharedId")
      OR NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = "Member"."memberId")`,
  },
  {
    kind: 'right-without-account',
    table: 'MailboxRight',
    what: 'rights to mailboxes',
    isLost: sql`"identifier" NOT IN ('anyone', '-anyone') AND NOT EXISTS (SELECT 1 FROM "Account"
      WHERE "Account"."id" = CASE WHEN SUBSTR("identifier", 1, 1) = '-' THEN SUBSTR("identifier", 2)
        ELSE "identifier" END)`,
  },
  {
    kind: 'annotation-without-owner',
    table: 'Annotation',
    what: 'private annotations',
    isLost: sql`"ownerId" <> '' AND NOT EXISTS (
      SELECT 1 FROM "Account" WHERE "Account"."id" = "Annotation"."ownerId")`,
  },
];

/** One note a table, however many there are. */
export const lookAtSharing: Look = async function* (): AsyncGenerator<Found> {
  for (const { kind, table, what, isLost } of named) {
    const from = sql`FROM ${raw(`"${table}"`)} WHERE ${isLost}`;
    const [row] = await db.$queryRaw<{ n: bigint | number }[]>`SELECT COUNT(*) AS "n" ${from}`;
    if (Number(row?.n ?? 0) === 0) continue;
    yield {
      kind,
      text: `${row!.n} ${what} are of accounts that are no more; they open nothing.`,
      isNote: true,
      mend: async () => `${await write((tx) => tx.$executeRaw`DELETE ${from}`)} rows were removed.`,
    };
  }
};

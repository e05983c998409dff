// Addresses outside that another server has called unknown for good. What users here send to them comes back at once,
// for as long as the setting delivery.suppressionDays says: whoever goes on writing to addresses that do not exist is
// soon taken for a sender of junk. Mail from outside that is only forwarded is not refused for it.
import { fromNow, now } from '#lib/clock.ts';
import { db, sql, type Tx, write } from '#lib/db.ts';
import { containsText } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import { canonicalAddress } from '#lib/mail/address.ts';
import { recordChangeIn } from '#lib/trail/change.ts';

export type Suppressed = {
  address: string;
  lastCode: number;
  /** Hostile text. */
  lastText: string;
  failures: number;
  expiresAt: Date;
  createdAt: Date;
};

export type HardFailure = { address: string; code: number; status: string; text: string };

/** RFC 3463 §3.2: no such mailbox, no such system, mailbox moved; and §3.3: disabled. */
const hardStatuses = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** Whether such an answer is about the address, whatever the mail. */
export function isHard(status: string): boolean {
  return hardStatuses.has(status);
}

/** Remembers addresses inside the step that ends their recipients. */
export async function suppressIn(tx: Tx, failures: HardFailure[], days: number): Promise<void> {
  if (days === 0) return;
  const at = now();
  const expiresAt = fromNow(days * 24 * 3_600_000);
  for (const { address, code, text } of failures) {
    await tx.$executeRaw`INSERT INTO "Suppression" ("id", "lastCode", "lastText", "failures", "expiresAt", "createdAt")
      VALUES (${keyOf(address)}, ${code}, ${text}, ${1}, ${expiresAt}, ${at})
      ON CONFLICT ("id") DO UPDATE SET "lastCode" = excluded."lastCode", "lastText" = excluded."lastText",
        "failures" = "Suppression"."failures" + 1, "expiresAt" = excluded."expiresAt"`;
  }
}

/** Those of `addresses` that nothing is sent to now, by address as given. */
export async function findSuppressed(addresses: string[]): Promise<Map<string, Suppressed>> {
  const rows = await db.suppression.findMany({
    where: { id: { in: addresses.map(keyOf) }, expiresAt: { gt: now() } },
  });
  const rowOf = new Map(rows.map((row) => [row.id, toSuppressed(row)]));
  return new Map(
    addresses.flatMap((address) => {
      const row = rowOf.get(keyOf(address));
      return row ? [[address, row] as const] : [];
    }),
  );
}

/** By the last failure, newest first. */
export async function listSuppressed(
  filter: { search?: string; page?: number; pageSize?: number } = {},
): Promise<{ rows: Suppressed[]; total: number }> {
  const size = Math.min(Math.max(1, filter.pageSize ?? 50), 500);
  const search = filter.search?.trim().toLowerCase().slice(0, 300);
  const where = {
    expiresAt: { gt: now() },
    ...(search ? { id: containsText(search) } : {}),
  };
  const [rows, total] = await Promise.all([
    db.suppression.findMany({
      where,
      orderBy: [{ expiresAt: 'desc' }, { id: 'asc' }],
      skip: (Math.max(1, filter.page ?? 1) - 1) * size,
      take: size,
    }),
    db.suppression.count({ where }),
  ]);
  return { rows: rows.map(toSuppressed), total };
}

/** By address, those after `after`: a list that is walked. */
export async function listSuppressedAfter(after: string, count: number): Promise<Suppressed[]> {
  const rows = await db.suppression.findMany({
    where: { expiresAt: { gt: now() }, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: count,
  });
  return rows.map(toSuppressed);
}

/** Lets mail go to the address again. Refusal 'not-found'. */
export async function removeSuppressed(address: string, by: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.suppression.deleteMany({ where: { id: keyOf(address) } });
    if (count === 0) throw new Refusal('not-found', 'This address is not on the list.');
    await recordChangeIn(tx, by, `suppression of ${keyOf(address)}`, 'removed');
  });
}

/** A timed job. */
export async function removeOldSuppressed(): Promise<{ addresses: number }> {
  const addresses = await write((tx) =>
    tx.$executeRaw(sql`DELETE FROM "Suppression" WHERE "expiresAt" < ${now()}`),
  );
  return { addresses };
}

const keyOf = (address: string) =>
  canonicalAddress(address)?.toLowerCase() ?? address.toLowerCase();

function toSuppressed({ id, ...row }: Omit<Suppressed, 'address'> & { id: string }): Suppressed {
  return { address: id, ...row };
}

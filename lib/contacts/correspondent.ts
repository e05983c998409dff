// Whom an account has written to: counted when a message goes out, suggested while the next one is addressed.
import { now } from '../clock.ts';
import { db, insertRows, sql, write } from '../db.ts';
import { canonicalAddress } from '../mail/address.ts';
import { cleanLine } from './clean.ts';
import { keepFresh } from './fresh.ts';

export type Correspondent = { address: string; name: string; count: number; lastAt: Date };

const maxNoted = 200;
/** The oldest go beyond this. */
const maxKept = 3000;
/** Nobody answers a machine. */
const machine = /^(?:no-?reply|do-?not-?reply|mailer-daemon|bounces?)\b/i;

const kept = keepFresh('correspondents', { freshMs: 15_000, maxEntries: 200 }, readAll);

/** Notes whom a message went to, at most 200 of them; what is no address is left out. */
export async function noteCorrespondents(
  accountId: string,
  people: readonly { name?: string; address: string }[],
): Promise<void> {
  const names = new Map<string, string>();
  for (const { name = '', address } of people.slice(0, maxNoted)) {
    const canonical = canonicalAddress(address);
    if (canonical && !machine.test(canonical)) names.set(canonical, cleanLine(name, 200));
  }
  if (names.size === 0) return;
  const at = now();
  await write(async (tx) => {
    const rows = [...names].map(
      ([address, name]) => sql`(${accountId}, ${address}, ${name}, 1, ${at}, ${false})`,
    );
    await insertRows(
      tx,
      sql`INSERT INTO "Correspondent" ("accountId", "address", "name", "count", "lastAt", "isForgotten")`,
      rows,
      sql`ON CONFLICT ("accountId", "address") DO UPDATE SET "count" = "Correspondent"."count" + 1,
        "lastAt" = excluded."lastAt", "name" = CASE WHEN excluded."name" = '' THEN "Correspondent"."name"
        ELSE excluded."name" END`,
    );
    // Now and then: counting costs more than the few rows too many.
    if (Math.random() < 0.05) {
      await tx.$executeRaw`DELETE FROM "Correspondent" WHERE "accountId" = ${accountId} AND "address" IN (
        SELECT "address" FROM "Correspondent" WHERE "accountId" = ${accountId}
        ORDER BY "lastAt" DESC, "address" LIMIT 100000 OFFSET ${maxKept})`;
    }
  });
  kept.drop(accountId);
}

/** Never suggests an address again as somebody written to (it may still stand in a book). */
export async function forgetCorrespondent(accountId: string, address: string): Promise<void> {
  const canonical = canonicalAddress(address);
  if (!canonical) return;
  const where = { accountId, address: canonical };
  const state = { isForgotten: true };
  await write((tx) =>
    tx.correspondent.upsert({
      where: { accountId_address: where },
      create: { ...where, ...state, lastAt: now() },
      update: state,
    }),
  );
  kept.drop(accountId);
}

/** Whom the account wrote to, the last one first; at most 3,000. Callers must not change the list. */
export function listCorrespondents(accountId: string): Promise<Correspondent[]> {
  return kept.read(accountId);
}

function readAll(accountId: string): Promise<Correspondent[]> {
  return db.correspondent.findMany({
    where: { accountId, isForgotten: false },
    orderBy: [{ lastAt: 'desc' }, { address: 'asc' }],
    take: maxKept,
    select: { address: true, name: true, count: true, lastAt: true },
  });
}

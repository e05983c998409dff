// What the DNS said last of the records that each domain needs or is expected to have: a row a domain, kept by whoever
// looks (the timed job, the page "DNS records", the doctor, the command line), read by the list of domains and by health.
// Records of the server itself (its address, the name behind it) are not counted: one fault of theirs is not a fault of
// every domain.
import { fromNow, now } from '../../clock.ts';
import { db, sql, type Tx, write } from '../../db.ts';
import { newId } from '../../id.ts';
import { recordEventIn } from '../../trail/record.ts';
import type { RecordVerdict } from '../dkim-record.ts';
import type { WantedRecord } from './wanted.ts';

export type DomainDns = {
  /** When the DNS last answered; null = never */
  checkedAt: Date | null;
  /** Records that are missing or different; -1 = not known */
  wrong: number;
  /** "MX, SPF" */
  text: string;
};

export const uncheckedDns: DomainDns = { checkedAt: null, wrong: -1, text: '' };

const hourMs = 3_600_000;
const againMs = 24 * hourMs;
/** Where the DNS did not answer. */
const retryMs = hourMs;
const mostExamples = 5;
/** More are read with all others: a statement takes so many values. */
const mostIds = 500;

type Seen = Pick<WantedRecord, 'kind' | 'need'> & Pick<RecordVerdict, 'state'>;

/** Records of the domain itself without which mail does not come, or is not believed elsewhere. */
export function listExpected<T extends Seen>(records: T[]): T[] {
  return records.filter(({ kind, need }) => need !== 'may' && kind !== 'host' && kind !== 'ptr');
}

/** How many are wrong, and which; null where the DNS did not say enough. Pure. */
export function countWrong(records: Seen[]): Pick<DomainDns, 'wrong' | 'text'> | null {
  const expected = listExpected(records);
  const wrong = expected.filter(({ state }) => state === 'missing' || state === 'different');
  if (wrong.length === 0 && expected.some(({ state }) => state === 'unknown')) return null;
  const kinds = new Set(wrong.map(({ kind }) => kind.toUpperCase()));
  return { wrong: wrong.length, text: [...kinds].join(', ') };
}

/**
 * Keeps what a look at the domain found and says when to look again; what is known stays where the DNS did not answer, and
 * with null, where the look failed.
 * A domain that was fine and is not any more, or is again, leaves an event.
 */
export async function keepDomainDns(
  domain: { id: string; name: string },
  records: Seen[] | null,
): Promise<void> {
  const found = records && countWrong(records);
  const row = found
    ? { ...found, checkedAt: now(), nextAt: fromNow(againMs) }
    : { nextAt: fromNow(retryMs) };
  await write(async (tx) => {
    const where = { domainId: domain.id };
    const before = await tx.domainDns.findUnique({ where, select: { wrong: true } });
    await tx.domainDns.upsert({ where, create: { ...where, ...row }, update: row });
    if (found && before) await tellChange(tx, domain.name, before.wrong, found);
  });
}

async function tellChange(
  tx: Tx,
  name: string,
  before: number,
  { wrong, text }: Pick<DomainDns, 'wrong' | 'text'>,
): Promise<void> {
  if (before < 0 || (before === 0) === (wrong === 0)) return;
  await recordEventIn(tx, {
    traceId: newId(),
    kind: 'changed',
    sender: 'server',
    recipient: `dns of ${name}`,
    reason: wrong === 0 ? 'good-again' : 'turned-bad',
    text: wrong === 0 ? 'All records are right.' : `Not right any more: ${text}.`,
  });
}

/** Those of the ids that were looked at, by id. */
export async function readDomainDns(ids: string[]): Promise<Map<string, DomainDns>> {
  const where = ids.length > mostIds ? {} : { domainId: { in: ids } };
  const rows = await db.domainDns.findMany({ where });
  return new Map(
    rows.map(({ domainId, checkedAt, wrong, text }) => [domainId, { checkedAt, wrong, text }]),
  );
}

/** Domains that take mail and are due, those first at which nobody has looked. */
export async function listDueDomains(most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT "name" FROM "Domain" LEFT JOIN "DomainDns" ON "domainId" = "id"
    WHERE "isDisabled" = ${false} AND ("nextAt" IS NULL OR "nextAt" <= ${now()})
    ORDER BY CASE WHEN "nextAt" IS NULL THEN 0 ELSE 1 END, "nextAt", "name" LIMIT ${most}`;
  return rows.map(({ name }) => name);
}

/** Rows of domains that are gone. */
export async function removeLostDns(): Promise<number> {
  const lost = sql`"domainId" NOT IN (SELECT "id" FROM "Domain")`;
  const [row] = await db.$queryRaw<{ count: unknown }[]>`
    SELECT COUNT(*) AS "count" FROM "DomainDns" WHERE ${lost}`;
  if (Number(row?.count ?? 0) === 0) return 0;
  return write((tx) => tx.$executeRaw`DELETE FROM "DomainDns" WHERE ${lost}`);
}

export type DnsSummary = {
  /** Domains that take mail and whose records are known */
  checked: number;
  wrong: number;
  /** "own.test (MX, SPF)", some of the wrong ones */
  examples: string[];
};

/** How the domains that take mail stand. */
export async function summarizeDns(): Promise<DnsSummary> {
  const from = sql`"DomainDns" JOIN "Domain" ON "id" = "domainId" WHERE "isDisabled" = ${false}`;
  const [counts, wrong] = await Promise.all([
    db.$queryRaw<{ checked: unknown; wrong: unknown }[]>`
      SELECT COUNT(*) AS "checked", SUM(CASE WHEN "wrong" > 0 THEN 1 ELSE 0 END) AS "wrong"
      FROM ${from} AND "wrong" >= 0`,
    db.$queryRaw<{ name: string; text: string }[]>`
      SELECT "name", "text" FROM ${from} AND "wrong" > 0 ORDER BY "name" LIMIT ${mostExamples}`,
  ]);
  return {
    checked: Number(counts[0]?.checked ?? 0),
    wrong: Number(counts[0]?.wrong ?? 0),
    examples: wrong.map(({ name, text }) => `${name} (${text})`),
  };
}

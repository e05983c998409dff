// Mail of each domain by day: from outside, to outside, and within this server. A row a domain and day.
import { now } from '../clock.ts';
import { db, empty, insertRows, join, sql, type Tx } from '../db.ts';

const dayMs = 86_400_000;

export type DomainMail = { externalIn: number; externalOut: number; internal: number };
export type DomainDay = DomainMail & { domain: string; day: number };

/** Adds to what is there. */
export async function recordDomainDaysIn(tx: Tx, days: DomainDay[]): Promise<void> {
  const rows = days
    // One order everywhere: two nodes that store at once do not wait for each other in a circle.
    .toSorted((a, b) => a.day - b.day || (a.domain < b.domain ? -1 : 1))
    .map(
      ({ day, domain, externalIn, externalOut, internal }) =>
        sql`(${day}, ${domain}, ${externalIn}, ${externalOut}, ${internal})`,
    );
  if (rows.length === 0) return;
  const into = sql`INSERT INTO "DomainDay" ("day", "domain", "externalIn", "externalOut", "internal")`;
  await insertRows(
    tx,
    into,
    rows,
    sql`ON CONFLICT ("day", "domain") DO UPDATE SET
      "externalIn" = "DomainDay"."externalIn" + excluded."externalIn",
      "externalOut" = "DomainDay"."externalOut" + excluded."externalOut",
      "internal" = "DomainDay"."internal" + excluded."internal"`,
  );
}

/** Sums of the last `days` days (UTC, today is one) by domain, of those named or all, those with most mail first. */
export async function listDomainMail(
  days: number,
  limit = 100,
  domains?: string[],
): Promise<(DomainMail & { domain: string })[]> {
  const first = Math.floor(now().getTime() / dayMs) - days + 1;
  if (domains?.length === 0) return [];
  const isNamed = domains ? sql`AND "domain" IN (${join(domains)})` : empty;
  const rows = await db.$queryRaw<(DomainMail & { domain: string })[]>`
    SELECT "domain", SUM("externalIn") AS "externalIn", SUM("externalOut") AS "externalOut",
      SUM("internal") AS "internal"
    FROM "DomainDay" WHERE "day" >= ${first} ${isNamed} GROUP BY "domain"
    ORDER BY SUM("externalIn" + "externalOut" + "internal") DESC, "domain" LIMIT ${limit}`;
  return rows.map((row) => ({
    domain: row.domain,
    externalIn: Number(row.externalIn),
    externalOut: Number(row.externalOut),
    internal: Number(row.internal),
  }));
}

/** Every day of a domain's last `days`, first to last; days without mail are zero. */
export async function readDomainDays(
  domain: string,
  days: number,
): Promise<(DomainMail & { at: Date })[]> {
  const today = Math.floor(now().getTime() / dayMs);
  const first = today - days + 1;
  const rows = await db.domainDay.findMany({ where: { domain, day: { gte: first } } });
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return Array.from({ length: days }, (_, index) => {
    const row = byDay.get(first + index);
    const { externalIn = 0, externalOut = 0, internal = 0 } = row ?? {};
    return { at: new Date((first + index) * dayMs), externalIn, externalOut, internal };
  });
}

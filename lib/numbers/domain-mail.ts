// Mail of each domain by hour and by day: from outside, to outside, and within this server.
//
// Invariant: what is added goes into the row of its hour and that of its day in one transaction, so the two never disagree.
// Bounded: a row a domain and piece of time in which it had mail. With 1,000 domains these are 192,000 rows of hours at
// most (8 days) and 1,000 rows more each day (ten years).
import { now } from '../clock.ts';
import { db, empty, insertRows, join, type Sql, sql, type Tx } from '../db.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const domainHoursKept = 8 * 24;
const domainDaysKept = 3660;

export type DomainMail = { externalIn: number; externalOut: number; internal: number };
/** Mail of one hour, in hours since 1970 (UTC) */
export type DomainHour = DomainMail & { domain: string; hour: number };
type Piece = DomainMail & { domain: string; at: number };

/** Adds to what is there. */
export async function recordDomainMailIn(tx: Tx, hours: DomainHour[]): Promise<void> {
  const pieces = hours.map(({ hour, ...mail }) => ({ ...mail, at: hour }));
  await addPieces(tx, sql`"DomainHour"`, sql`"hour"`, pieces);
  await addPieces(tx, sql`"DomainDay"`, sql`"day"`, sumDays(pieces));
}

/** A statement must not name a row twice. */
function sumDays(hours: Piece[]): Piece[] {
  const days = new Map<string, Piece>();
  for (const { at: hour, domain, ...mail } of hours) {
    const at = Math.floor(hour / 24);
    const day = days.get(`${at} ${domain}`);
    if (!day) days.set(`${at} ${domain}`, { at, domain, ...mail });
    else addMail(day, mail);
  }
  return [...days.values()];
}

/** `more` added to `mail`, which is changed. */
export function addMail(mail: DomainMail, more: DomainMail): void {
  mail.externalIn += more.externalIn;
  mail.externalOut += more.externalOut;
  mail.internal += more.internal;
}

async function addPieces(tx: Tx, table: Sql, time: Sql, pieces: Piece[]): Promise<void> {
  if (pieces.length === 0) return;
  const rows = pieces
    // One order everywhere: two nodes that store at once do not wait for each other in a circle.
    .toSorted((a, b) => a.at - b.at || (a.domain < b.domain ? -1 : 1))
    .map(
      ({ at, domain, externalIn, externalOut, internal }) =>
        sql`(${at}, ${domain}, ${externalIn}, ${externalOut}, ${internal})`,
    );
  await insertRows(
    tx,
    sql`INSERT INTO ${table} (${time}, "domain", "externalIn", "externalOut", "internal")`,
    rows,
    sql`ON CONFLICT (${time}, "domain") DO UPDATE SET
      "externalIn" = ${table}."externalIn" + excluded."externalIn",
      "externalOut" = ${table}."externalOut" + excluded."externalOut",
      "internal" = ${table}."internal" + excluded."internal"`,
  );
}

/** Takes away what is past its time. Returns how many rows. */
export async function removeOldDomainMailIn(tx: Tx): Promise<number> {
  const at = now().getTime();
  const firstHour = Math.floor(at / hourMs) - domainHoursKept;
  const firstDay = Math.floor(at / dayMs) - domainDaysKept;
  const hours = await tx.$executeRaw`DELETE FROM "DomainHour" WHERE "hour" < ${firstHour}`;
  return hours + (await tx.$executeRaw`DELETE FROM "DomainDay" WHERE "day" < ${firstDay}`);
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

/** Every day of a domain's last `days` (UTC), first to last; days without mail are zero. */
export function readDomainDays(
  domain: string,
  days: number,
): Promise<(DomainMail & { at: Date })[]> {
  return readPieces(dayMs, days, async (wanted) => {
    const rows = await db.domainDay.findMany({ where: { domain, day: { in: wanted } } });
    return rows.map((row) => ({ ...row, at: row.day }));
  });
}

/** The same of its last hours; more than are kept are zero too. */
export function readDomainHours(
  domain: string,
  hours: number,
): Promise<(DomainMail & { at: Date })[]> {
  return readPieces(hourMs, hours, async (wanted) => {
    const rows = await db.domainHour.findMany({ where: { domain, hour: { in: wanted } } });
    return rows.map((row) => ({ ...row, at: row.hour }));
  });
}

/** `read` is asked for each piece by its key: a range of time would be looked through for all domains. */
async function readPieces(
  ms: number,
  count: number,
  read: (wanted: number[]) => Promise<Piece[]>,
): Promise<(DomainMail & { at: Date })[]> {
  const first = Math.floor(now().getTime() / ms) - count + 1;
  const wanted = Array.from({ length: count }, (_, index) => first + index);
  const rowOf = new Map((await read(wanted)).map((row) => [row.at, row]));
  return wanted.map((at) => {
    const { externalIn = 0, externalOut = 0, internal = 0 } = rowOf.get(at) ?? {};
    return { at: new Date(at * ms), externalIn, externalOut, internal };
  });
}

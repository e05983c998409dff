// What other servers report of mail in the name of domains here (DMARC), added up for panel and terminal. The daemon
// stores it (server/delivery/reports). Every text in it is hostile.
import { fromNow } from '#lib/clock.ts';
import { db, type Sql, sql } from '#lib/db.ts';

export type DmarcFilter = {
  /** A domain here; empty = all. */
  domain?: string;
  /** Reports whose time began within so many days. */
  days?: number;
  /** Only of mail that failed DMARC. */
  isFailing?: boolean;
};

type Counts = { messages: number; passed: number };

/** `messages`, and how many of them passed DMARC. */
export type DmarcDomain = Counts & { domain: string; reports: number; policy: string };

/** Who sent in the name of the domain. */
export type DmarcSource = Counts & {
  source: string;
  dkimPassed: number;
  spfPassed: number;
  /** Refused or filed as junk by others. */
  stopped: number;
  headerFrom: string;
  findings: string;
};

export type DmarcDay = Counts & { day: string };

export type DmarcReportRow = {
  id: string;
  domain: string;
  organization: string;
  sender: string;
  /** Its sender has proven who it is. */
  isProven: boolean;
  beginAt: Date;
  receivedAt: Date;
  messages: number;
};

const dayMs = 86_400_000;
const defaultDays = 30;
const passes = sql`(c."isDkimAligned" OR c."isSpfAligned")`;
const tables = sql`"DmarcRecord" c JOIN "DmarcReport" r ON r."id" = c."reportId"`;

const conditionOf = ({ domain = '', days = defaultDays, isFailing = false }: DmarcFilter): Sql =>
  sql`r."beginAt" >= ${fromNow(-days * dayMs)} AND (${domain} = '' OR r."domain" = ${domain})
      AND (${isFailing ? 0 : 1} = 1 OR NOT ${passes})`;

const number = (value: bigint | number | null) => Number(value ?? 0);

/** Domains that were reported on, those with most mail first. */
export async function listDmarcDomains(filter: DmarcFilter = {}): Promise<DmarcDomain[]> {
  const rows = await db.$queryRaw<
    { domain: string; reports: bigint; messages: bigint; passed: bigint }[]
  >(sql`SELECT r."domain" AS domain, count(DISTINCT r."id") AS reports, sum(c."count") AS messages,
        sum(CASE WHEN ${passes} THEN c."count" ELSE 0 END) AS passed
      FROM ${tables} WHERE ${conditionOf(filter)} GROUP BY r."domain" ORDER BY sum(c."count") DESC, r."domain" LIMIT 200`);
  const latest = await Promise.all(
    rows.map(({ domain }) =>
      db.dmarcReport.findFirst({
        where: { domain },
        orderBy: { beginAt: 'desc' },
        select: { policy: true },
      }),
    ),
  );
  return rows.map(({ domain, reports, messages, passed }, index) => ({
    domain,
    reports: number(reports),
    messages: number(messages),
    passed: number(passed),
    policy: latest[index]?.policy ?? '',
  }));
}

/** Addresses that sent in the name of a domain, those with most mail that failed first. */
export async function listDmarcSources(
  filter: DmarcFilter & { limit?: number } = {},
): Promise<DmarcSource[]> {
  const failed = sql`sum(CASE WHEN ${passes} THEN 0 ELSE c."count" END)`;
  const sumOf = (condition: Sql) => sql`sum(CASE WHEN ${condition} THEN c."count" ELSE 0 END)`;
  type Raw = { source: string; headerFrom: string; findings: string } & Record<
    'messages' | 'passed' | 'dkimPassed' | 'spfPassed' | 'stopped',
    bigint
  >;
  const rows = await db.$queryRaw<Raw[]>(
    sql`SELECT c."source" AS "source", sum(c."count") AS "messages", ${sumOf(passes)} AS "passed",
          ${sumOf(sql`c."isDkimAligned"`)} AS "dkimPassed", ${sumOf(sql`c."isSpfAligned"`)} AS "spfPassed",
          ${sumOf(sql`c."disposition" <> 'none'`)} AS "stopped", max(c."headerFrom") AS "headerFrom",
          max(c."findings") AS "findings"
        FROM ${tables} WHERE ${conditionOf(filter)} GROUP BY c."source"
        ORDER BY ${failed} DESC, sum(c."count") DESC, c."source" LIMIT ${filter.limit ?? 100}`,
  );
  return rows.map((row) => ({
    ...row,
    messages: number(row.messages),
    passed: number(row.passed),
    dkimPassed: number(row.dkimPassed),
    spfPassed: number(row.spfPassed),
    stopped: number(row.stopped),
  }));
}

/** Mail a day (UTC), oldest first. */
export async function listDmarcDays(filter: DmarcFilter = {}): Promise<DmarcDay[]> {
  const rows = await db.$queryRaw<{ beginAt: Date | string; messages: bigint; passed: bigint }[]>(
    sql`SELECT r."beginAt" AS "beginAt", sum(c."count") AS messages,
          sum(CASE WHEN ${passes} THEN c."count" ELSE 0 END) AS passed
        FROM ${tables} WHERE ${conditionOf(filter)} GROUP BY r."beginAt" ORDER BY r."beginAt" LIMIT 5000`,
  );
  const days = new Map<string, DmarcDay>();
  for (const { beginAt, messages, passed } of rows) {
    const day = new Date(beginAt).toISOString().slice(0, 10);
    const known = days.get(day) ?? { day, messages: 0, passed: 0 };
    known.messages += number(messages);
    known.passed += number(passed);
    days.set(day, known);
  }
  return [...days.values()];
}

/** Newest first. */
export function listDmarcReports(filter: DmarcFilter = {}, limit = 50): Promise<DmarcReportRow[]> {
  const { domain = '', days = defaultDays } = filter;
  return db.dmarcReport.findMany({
    where: { beginAt: { gte: fromNow(-days * dayMs) }, ...(domain ? { domain } : {}) },
    orderBy: [{ beginAt: 'desc' }, { id: 'desc' }],
    take: limit,
    omit: { reportId: true, policy: true, endAt: true, isCut: true },
  });
}

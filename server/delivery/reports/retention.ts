// How long reports of other servers are kept (setting storage.reportDays).
import { fromNow } from '#lib/clock.ts';
import { db, join, sql, write } from '#lib/db.ts';
import { readSetting } from '#lib/settings/index.ts';

const dayMs = 86_400_000;
const reportsPerDelete = 200;

/** Removes what is older, in pieces, so that no transaction holds the writer for long. */
export async function removeOldReports(): Promise<{ reports: number }> {
  const before = fromNow(-(await readSetting('storage.reportDays')) * dayMs);
  const where = { receivedAt: { lt: before } };
  let reports = 0;
  if ((await db.tlsReport.count({ where })) > 0) {
    reports += (await write((tx) => tx.tlsReport.deleteMany({ where }))).count;
  }
  for (;;) {
    const rows = await db.dmarcReport.findMany({
      where,
      select: { id: true },
      take: reportsPerDelete,
    });
    if (rows.length === 0) return { reports };
    const ids = join(rows.map(({ id }) => id));
    await write(async (tx) => {
      await tx.$executeRaw(sql`DELETE FROM "DmarcRecord" WHERE "reportId" IN (${ids})`);
      await tx.$executeRaw(sql`DELETE FROM "DmarcReport" WHERE "id" IN (${ids})`);
    });
    reports += rows.length;
  }
}

// The database by itself: pages, indexes, constraints. Only the database can say that.
import { db } from '#lib/db.ts';
import { integrityQueries } from '#lib/dialect/index.ts';
import type { Look } from './finding.ts';

/** What the database says against itself. It cannot be mended here: that takes a backup. */
export const lookAtDatabase: Look = async function* ({ isQuick }) {
  for (const query of integrityQueries(isQuick)) {
    for (const row of await db.$queryRaw<Record<string, unknown>[]>(query)) {
      const said = Object.values(row).map(String).join(' ');
      if (said === 'ok') continue;
      yield {
        kind: 'database-damaged',
        text: `The database is damaged (${said}). Restore it from a backup.`,
      };
    }
  }
};

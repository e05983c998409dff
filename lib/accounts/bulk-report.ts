// Something that is done to many rows of a list: which they are, and how it ended.
import { isRefusal, Refusal } from '../errors.ts';

export type BulkReport = {
  done: number;
  refused: number;
  /** Of the first of them; `count` where one is of several */
  reasons: { address: string; text: string; count?: number }[];
};

const mostTold = 20;

export function noteRefusal(report: BulkReport, address: string, text: string): void {
  report.refused++;
  if (report.reasons.length < mostTold) report.reasons.push({ address, text });
}

/** Rows of one call. */
export const maxBulkRows = 10_000;
/** Waiting together they share a commit (lib/db.ts). */
const atOnce = 32;

export type WantedRows<Filter> = { ids: string[] } | { filter: Filter };

/** The rows of the ids, or all that the filter finds. Refusal 'limit' for more than 10,000. */
export async function readWantedRows<Filter, Row>(
  wanted: WantedRows<Filter>,
  load: (ids: string[]) => Promise<Row[]>,
  walk: (filter: Filter) => AsyncIterable<Row>,
): Promise<Row[]> {
  if ('ids' in wanted) return load(wanted.ids.slice(0, maxBulkRows));
  const rows: Row[] = [];
  for await (const row of walk(wanted.filter)) {
    rows.push(row);
    if (rows.length <= maxBulkRows) continue;
    throw new Refusal('limit', `At most ${maxBulkRows} at a time: narrow the filter.`);
  }
  return rows;
}

/** Does it to each by itself: what is refused is told and keeps the others from nothing. */
export async function changeEach<Row>(
  rows: Row[],
  nameOf: (row: Row) => string,
  change: (row: Row) => Promise<unknown>,
): Promise<BulkReport> {
  const report: BulkReport = { done: 0, refused: 0, reasons: [] };
  const changeOne = async (row: Row) => {
    try {
      await change(row);
      report.done++;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      noteRefusal(report, nameOf(row), error.message);
    }
  };
  for (let start = 0; start < rows.length; start += atOnce) {
    await Promise.all(rows.slice(start, start + atOnce).map(changeOne));
  }
  return report;
}

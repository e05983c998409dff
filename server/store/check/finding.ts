// What a check of the store names, and how it is mended. Every look reports one kind of thing and carries
// its own repair, so that what was found and what mends it stand side by side.
import type { Sql } from '#lib/db.ts';
import { db } from '#lib/db.ts';

export type Finding = {
  /** Kebab-case name of the broken invariant: "mailbox-counters", "body-damaged", … */
  kind: string;
  accountId?: string;
  /** Name of the mailbox. */
  mailbox?: string;
  uid?: number;
  blobId?: number;
  /** One sentence for the administrator; never what is in a message. */
  text: string;
  isRepairable: boolean;
  /** Worth knowing, but nothing is wrong: the server's own jobs take care of it. */
  isNote: boolean;
};

/** A finding on its way out; `mend` says in one sentence what it did, or null where it was in order by then. */
export type Found = Omit<Finding, 'isRepairable' | 'isNote'> & {
  isNote?: boolean;
  mend?: () => Promise<string | null>;
};

export type CheckOptions = {
  /** Leaves out what reads every body. */
  isQuick: boolean;
  /** Leftovers younger than this are nobody's fault yet. */
  graceMs: number;
};

/** One look at the store. It holds a page of rows at most. */
export type Look = (options: CheckOptions) => AsyncGenerator<Found>;

/** What is told of a finding. */
export function toFinding({ mend, isNote, ...told }: Found): Finding {
  return { ...told, isRepairable: mend !== undefined, isNote: isNote === true };
}

/**
 * Rows of a statement that is asked again and again, each time behind the last row. One statement sees one
 * commit on both databases, so what it says together belongs together, whatever the server does meanwhile.
 */
export async function* readPages<Row>(
  select: (last: Row | null) => Sql,
  size: number,
): AsyncGenerator<Row[]> {
  for (let last: Row | null = null; ; ) {
    const rows: Row[] = await db.$queryRaw<Row[]>(select(last));
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    last = rows.at(-1)!;
  }
}

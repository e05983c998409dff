// What the journal says of one message: the flags of a row and the MODSEQ of their last change.
export type Entry = {
  uid: number;
  modseq: number;
  /** Bits of FLAG. */
  flags: number;
  /** Words, sorted, one space between. */
  keywords: string;
};

export type EntryRow = {
  uid: bigint | number;
  modseq: bigint | number;
  flags: bigint | number;
  keywords: string;
};

export function toEntry(row: EntryRow): Entry {
  return {
    uid: Number(row.uid),
    modseq: Number(row.modseq),
    flags: Number(row.flags),
    keywords: row.keywords,
  };
}

// What a mailbox elsewhere can do, whichever protocol it speaks.

export type Listed = {
  /** Stays the same from one look to the next: UIDL, or UIDVALIDITY and UID. */
  uid: string;
  sizeBytes: number;
};

export type Fetched = {
  /** Bits of FLAG. */
  flags: number;
  /** When it came there; null where that cannot be told. */
  internalDate: Date | null;
  chunks: AsyncIterable<Buffer>;
};

/** Everything throws CollectTrouble. One thing at a time. */
export type Source = {
  /** The oldest first. */
  list(): Promise<Listed[]>;
  /** Its chunks must be read to their end before anything else is asked. */
  fetch(message: Listed): Promise<Fetched>;
  /** Takes it away there; surely done when `close` resolves. */
  remove(message: Listed): Promise<void>;
  close(): Promise<void>;
  /** Ends it without a word. */
  abort(): void;
};

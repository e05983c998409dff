// What an import reads, whatever the format: folders with messages. Sources are streams: a folder gives its
// messages one after the other, a message its bytes in chunks.
import type { ProblemLog } from './raw-path.ts';

export type Format = 'maildir' | 'mbox' | 'eml';

/** A message as it is opened: what the store wants of it. `close` must be called, whatever was read. */
export type Reading = {
  /** Bits of FLAG. */
  flags: number;
  keywords: string[];
  internalDate: Date;
  /** UID that the source gave it, and UIDL where it answers another one than Dovecot's default. */
  uid: number | null;
  popUid: string | null;
  /** The bytes as the store wants them, CRLF. */
  chunks: AsyncIterable<Buffer>;
  close(): Promise<void>;
};

export type SourceMessage = {
  /** What identifies it in its folder, whenever one looks; null = its bytes. */
  key: string | null;
  /** File, or file and position; for people. */
  where: string;
  /** In the source; what the limit of sizes looks at first. */
  sizeBytes: number;
  /** Null for what is no message: data of the store, or deleted and not yet compacted. Throws system errors. */
  open(): Promise<Reading | null>;
};

export type OpenFolder = {
  /** Of the source, where it has them. */
  uidValidity: number | null;
  uidNext: number | null;
  /** Ascending by UID where there are any. */
  messages: AsyncIterable<SourceMessage>;
  close(): Promise<void>;
};

export type SourceFolder = {
  /** Identifies it in its source, whenever one looks. */
  id: string;
  /** Levels of its name, decoded; none for the root of the source. */
  levels: string[];
  isSubscribed: boolean;
  /** Number of messages where it costs little to tell, else null. */
  messages: number | null;
  /** Bytes where it costs little to tell, else null. */
  sizeBytes: number | null;
  open(problems: ProblemLog): Promise<OpenFolder>;
};

export type Source = {
  format: Format;
  /** True for an export of Drey: names are taken as they are. */
  isOwn: boolean;
  /** Whether the source says what is subscribed. */
  hasSubscriptions: boolean;
  folders: SourceFolder[];
  problems: ProblemLog;
};

/** What went wrong on the side of the source; the import goes on without the message or the folder. */
export class SourceError extends Error {}

/** The items, with whatever goes wrong in reading them as a SourceError. */
export async function* guardSource<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    throw toSourceError(error);
  }
}

/** In words for people. */
export function toSourceError(error: unknown): SourceError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new SourceError('went away meanwhile; run the import again');
  if (code === 'ELOOP') return new SourceError('is a link: not followed');
  return new SourceError(code ? `cannot be read (${code})` : message);
}

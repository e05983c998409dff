// What the parts of an import know together.
import type { Mailbox } from '#server/store/mailboxes.ts';
import type { ProblemLog } from './raw-path.ts';

export type ImportOptions = {
  /** Mailbox below which everything goes; null = names as in the source. */
  into: string | null;
  /** Special folders are not looked for by their usual names. */
  keepNames: boolean;
  /** Only says what would come. */
  isDryRun: boolean;
  /** Also what was imported before. */
  isAgain: boolean;
  /** Also messages over the setting smtp.messageSizeBytes. */
  isAnySize: boolean;
};

export type FolderResult = {
  source: string;
  mailbox: string;
  messages: number;
  sizeBytes: number;
  /** Were there from an earlier import. */
  known: number;
  skipped: number;
  /** "kept", "new", or "none" where the source has none. */
  uids: 'kept' | 'new' | 'none';
};

export type ImportContext = {
  accountId: string;
  options: ImportOptions;
  problems: ProblemLog;
  limitBytes: number;
  /** Counts what has been looked at, for the progress. */
  count(messages: number, sizeBytes: number, folder: string): void;
};

export type FolderPlace = { mailbox: Mailbox; isNew: boolean };

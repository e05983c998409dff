// A connection of SQLite for nothing but checkpoints, for a thread of its own (server/store/checkpoint-thread.ts).
import BetterSqlite3 from 'better-sqlite3';

export type Checkpoints = {
  /** Copies what is committed from the log into the database; waits for nobody, and leaves what others still read. */
  run(): void;
  close(): void;
};

/** Opens the mail database, which exists. */
export function openCheckpoints(file: string): Checkpoints {
  const client = new BetterSqlite3(file, { fileMustExist: true, timeout: 0 });
  // The log is synced before pages are copied, and the database before the log is used anew.
  client.pragma('synchronous = FULL');
  client.pragma('wal_autocheckpoint = 0');
  return {
    run: () => {
      client.pragma('wal_checkpoint(PASSIVE)');
    },
    close: () => {
      client.close();
    },
  };
}

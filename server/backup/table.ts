// What backups know of a table.

/** "number" is Int and BigInt (none beyond 2^53), "date" an ISO text, "bytes" base64. */
export type ColumnKind = 'text' | 'number' | 'flag' | 'date' | 'bytes' | 'body';

export type Table = {
  name: string;
  /** Primary key, without the account's id in tables of accounts. */
  key: string[];
  columns: Record<string, ColumnKind>;
};

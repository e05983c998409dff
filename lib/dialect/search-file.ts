// The text index's own file on SQLite (server/store/text-index*.ts), and the mail database as its thread
// reads it. Only that thread opens them: neither the writer of the mail database nor the event loop of the
// process waits for either. PostgreSQL keeps its index itself (postgresql.ts).
//
// The file holds nothing that is not in the mail database: when it is damaged, of another version or of
// another database, it is removed and made anew. Its commits are not synced one by one (synchronous=NORMAL):
// after a loss of power the last of them may be gone, and with them the progress that they tell of. Not OFF:
// then pages could be missing that nobody misses.
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';

export type Segment = {
  id: number;
  /** First and last number of a body that it covers, and how many bodies it has terms of. */
  low: number;
  high: number;
  bodies: number;
  /** How often its content was merged. */
  level: number;
  madeAtMs: number;
  /** The hash of body `high`, by which another database is noticed. */
  anchor: string;
  /** Numbers it covers whose text it does not have. */
  skipped: number[];
};

export type ChunkRow = { key: number; terms: Buffer; postings: Buffer };

type Row = Omit<Segment, 'skipped'> & { skipped: string };

/** Chunks of a segment: its number, the column, then the place in the order of terms. */
const columnsPerSegment = 8;
const chunksPerColumn = 2 ** 24;

const schema = `
  CREATE TABLE IF NOT EXISTS "version" ("text" TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS "segment" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "low" INTEGER NOT NULL,
    "high" INTEGER NOT NULL, "bodies" INTEGER NOT NULL, "level" INTEGER NOT NULL, "madeAtMs" INTEGER NOT NULL,
    "anchor" TEXT NOT NULL, "skipped" TEXT NOT NULL, "isReady" INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS "terms" ("key" INTEGER PRIMARY KEY, "first" TEXT NOT NULL, "bytes" BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS "postings" ("key" INTEGER PRIMARY KEY, "bytes" BLOB NOT NULL);`;

/** The keys of a segment's column: from the first one to before the second. */
export function keysOf(segmentId: number, column: number): [number, number] {
  const start = (segmentId * columnsPerSegment + column) * chunksPerColumn;
  return [start, start + chunksPerColumn];
}

/** The index's file. Throws what SQLite throws. */
export function openSearchFile(file: string, version: string, isWriter: boolean) {
  const database = new Database(file, { readonly: !isWriter, fileMustExist: !isWriter });
  try {
    if (isWriter) {
      database.pragma('page_size = 8192');
      database.pragma('auto_vacuum = INCREMENTAL');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      database.pragma('journal_size_limit = 4194304');
      database.exec(schema);
    }
    database.pragma('cache_size = -4000');
    const known = database.prepare('SELECT "text" FROM "version"').pluck().get();
    if (known !== version) {
      if (!isWriter) throw new Error('the index is of another version');
      // A file that was begun under another version is no use at all.
      if (known !== undefined) throw Object.assign(new Error('old'), { code: 'SQLITE_CORRUPT' });
      database.prepare('INSERT INTO "version" VALUES (?)').run(version);
    }
    return wrapSearchFile(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

export type SearchFile = ReturnType<typeof wrapSearchFile>;

function wrapSearchFile(database: Database.Database) {
  const prepare = (text: string) => database.prepare(text);
  const insertSegment =
    prepare(`INSERT INTO "segment" ("low", "high", "bodies", "level", "madeAtMs", "anchor",
    "skipped", "isReady") VALUES (@low, @high, @bodies, @level, @madeAtMs, @anchor, @skipped, 0)`);
  const insertTerms = prepare('INSERT INTO "terms" VALUES (?, ?, ?)');
  const insertPostings = prepare('INSERT INTO "postings" VALUES (?, ?)');
  const selectTerms = prepare(
    'SELECT "key", "bytes" FROM "terms" WHERE "key" >= ? AND "key" < ? ORDER BY "key" LIMIT ?',
  ).raw();
  const selectPostings = prepare('SELECT "bytes" FROM "postings" WHERE "key" = ?').pluck();
  const selectFirsts = prepare(
    'SELECT "first" FROM "terms" WHERE "key" >= ? AND "key" < ? ORDER BY "key"',
  ).pluck();
  const firsts = new Map<number, string[]>();
  const readSegments = prepare('SELECT * FROM "segment" WHERE "isReady" = 1 ORDER BY "low"');
  return {
    segments(): Segment[] {
      const rows = readSegments.all() as Row[];
      return rows.map((row) => ({ ...row, skipped: JSON.parse(row.skipped) as number[] }));
    },
    /** Everything between is one transaction. */
    transact<T>(step: () => T): T {
      return database.transaction(step).immediate();
    },
    /** A segment that nobody sees yet; returns its number. */
    beginSegment(segment: Omit<Segment, 'id'>): number {
      const skipped = JSON.stringify(segment.skipped);
      return Number(insertSegment.run({ ...segment, skipped }).lastInsertRowid);
    },
    insertChunk(key: number, first: string, terms: Buffer, postings: Buffer): void {
      insertTerms.run(key, first, terms);
      insertPostings.run(key, postings);
    },
    /** Shows a segment in the place of others. */
    showSegment(id: number, replaced: number[]): void {
      for (const old of replaced) prepare('DELETE FROM "segment" WHERE "id" = ?').run(old);
      prepare('UPDATE "segment" SET "isReady" = 1 WHERE "id" = ?').run(id);
      firsts.clear();
    },
    /** Segments that were not finished. */
    removeUnfinished(): void {
      database.exec('DELETE FROM "segment" WHERE "isReady" = 0');
    },
    /** Removes some chunks of segments that are no more; false when there are none. */
    removeLeftovers(limit: number): boolean {
      const ids = prepare('SELECT "id" FROM "segment" ORDER BY "id"').pluck().all() as number[];
      // Keys between those of the segments that there are.
      let from = 0;
      for (const id of [...ids, Number.MAX_SAFE_INTEGER / (columnsPerSegment * chunksPerColumn)]) {
        const [to] = keysOf(Math.floor(id), 0);
        const keys = prepare('SELECT "key" FROM "terms" WHERE "key" >= ? AND "key" < ? LIMIT ?')
          .pluck()
          .all(from, to, limit) as number[];
        for (const key of keys) {
          prepare('DELETE FROM "terms" WHERE "key" = ?').run(key);
          prepare('DELETE FROM "postings" WHERE "key" = ?').run(key);
        }
        if (keys.length > 0) return true;
        [from] = keysOf(Math.floor(id) + 1, 0);
      }
      return false;
    },
    /** Some lists of terms, from a key on: [key, terms]. */
    readTerms(from: number, to: number, limit: number): [number, Buffer][] {
      return selectTerms.all(from, to, limit) as [number, Buffer][];
    },
    readPostings(key: number): Buffer {
      const bytes = selectPostings.get(key) as Buffer | undefined;
      if (!bytes) throw Object.assign(new Error('a chunk is missing'), { code: 'SQLITE_CORRUPT' });
      return bytes;
    },
    /** The first terms of a column's chunks. */
    readFirsts(segmentId: number, column: number): string[] {
      const [start, end] = keysOf(segmentId, column);
      let known = firsts.get(start);
      if (!known) {
        known = selectFirsts.all(start, end) as string[];
        if (firsts.size > 200) firsts.clear();
        firsts.set(start, known);
      }
      return known;
    },
    /** Gives some unused pages back; false when there are none. */
    shrink(pages: number): boolean {
      const unused = () => Number(database.pragma('freelist_count', { simple: true }));
      const before = unused();
      if (before > 0) database.pragma(`incremental_vacuum(${Math.floor(pages)})`);
      return before > 0 && unused() < before;
    },
    sizeBytes(): number {
      const pages = Number(database.pragma('page_count', { simple: true }));
      return pages * Number(database.pragma('page_size', { simple: true }));
    },
    /** Holds what is read to one commit, where another process writes. */
    hold: () => void database.exec('BEGIN'),
    release: () => void database.exec('COMMIT'),
    close: () => void database.close(),
  };
}

/** Removes the file with what belongs to it. */
export function removeSearchFile(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
}

export type TextRow = {
  blobId: number;
  hash: string;
  header: string;
  body: string;
  subject: string;
  fromText: string;
  toText: string;
  ccText: string;
  /** 1 where this version of the program made the texts. */
  isCurrent: number;
};

const isAscii = (text: string) => /^[\u0001-\u007f]*$/.test(text);

/** The mail database, read only. */
export function openMail(file: string, factsVersion: number) {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
  database.pragma('cache_size = -2000');
  const prepare = (text: string) => database.prepare(text);
  const current = `"Rendering"."version" IS ${Number(factsVersion)} AND "RenderingText"."blobId" IS NOT NULL`;
  const joined = `LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Blob"."id"
    LEFT JOIN "RenderingText" ON "RenderingText"."blobId" = "Blob"."id"`;
  const selectTexts = prepare(`SELECT "Blob"."id" AS "blobId", "hash", "RenderingText"."header",
    "RenderingText"."body", "subject", "fromText", "toText", "ccText", (${current}) AS "isCurrent"
    FROM "Blob" ${joined} WHERE "Blob"."id" > ? ORDER BY "Blob"."id" LIMIT ?`);
  const selectUids =
    prepare(`SELECT "uid", "blobId" FROM "Message" WHERE "accountId" = ? AND "mailboxId" = ?
    AND "uid" BETWEEN ? AND ? ORDER BY "uid" LIMIT ?`).raw();
  const look = (column: string) => `instr("RenderingText"."${column}", ?) > 0`;
  const prepareLook = (column: string) =>
    prepare(`SELECT ${look(column)} FROM "RenderingText" WHERE "blobId" = ?`).pluck();
  const prepareCurrent = (column: string) =>
    prepare(
      `SELECT CASE WHEN ${current} THEN ${look(column)} END FROM "Blob" ${joined} WHERE "Blob"."id" = ?`,
    ).pluck();
  const textHas = { header: prepareLook('header'), body: prepareLook('body') };
  const currentHas = { header: prepareCurrent('header'), body: prepareCurrent('body') };
  const fields = prepare(`SELECT "subject", "fromText", "toText", "ccText" FROM "Rendering"
    WHERE "blobId" = ? AND "version" = ${Number(factsVersion)}`);
  // Letters beyond ASCII are folded by the caller, so such a prefix is only named. It has more bytes than
  // characters, or is no UTF-8: then only GLOB tells, which takes six times as long.
  const text = 'CAST("prefix" AS TEXT)';
  const isForeign = `${text} GLOB '*[^' || char(1) || '-' || char(127) || ']*'`;
  const inMailbox = '"accountId" = ? AND "mailboxId" = ? AND "uid" BETWEEN ? AND ?';
  const selectPrefixes = {
    ascii: prepare(`SELECT "uid", CASE WHEN LENGTH(${text}) < LENGTH("prefix") THEN "prefix" END
      FROM "Message" WHERE ${inMailbox} AND (instr(lower(${text}), ?) > 0
      OR LENGTH(${text}) < LENGTH("prefix")) ORDER BY "uid"`).raw(),
    foreign: prepare(`SELECT "uid", "prefix" FROM "Message" WHERE ${inMailbox} AND ${isForeign}
      ORDER BY "uid"`).raw(),
  };
  return {
    /** Greatest number a body ever had. */
    lastNumber(): number {
      const last = prepare('SELECT "seq" FROM "sqlite_sequence" WHERE "name" = ?')
        .pluck()
        .get('Blob');
      return Number(last ?? 0);
    },
    hashOf: (id: number) =>
      prepare('SELECT "hash" FROM "Blob" WHERE "id" = ?').pluck().get(id) as string | undefined,
    countBodies: (low: number, high: number) =>
      Number(
        prepare('SELECT COUNT(*) FROM "Blob" WHERE "id" BETWEEN ? AND ?').pluck().get(low, high),
      ),
    listBodies: (low: number, high: number) =>
      prepare('SELECT "id" FROM "Blob" WHERE "id" BETWEEN ? AND ?')
        .pluck()
        .all(low, high) as number[],
    /** Texts of the bodies after a number, with those that have none. */
    readTexts: (after: number, limit: number) =>
      selectTexts.iterate(after, limit) as IterableIterator<TextRow>,
    /** [UID, number of the body], by UID. */
    readUids: (accountId: string, mailboxId: string, from: number, to: number, limit: number) =>
      selectUids.all(accountId, mailboxId, from, to, limit) as [number, number][],
    /** Whether a folded text is there: 1, 0, or null where this version of the program made no text. */
    hasText: (column: 'header' | 'body', id: number, needle: string) =>
      (currentHas[column].get(needle, id) ?? null) as number | null,
    /** The same of a body that the index covers, so that it has a text of this version. */
    hasCoveredText: (column: 'header' | 'body', id: number, needle: string) =>
      (textHas[column].get(needle, id) ?? null) as number | null,
    readFields: (id: number) =>
      fields.get(id) as Record<'subject' | 'fromText' | 'toText' | 'ccText', string> | undefined,
    /** Messages whose prefix has the folded needle: [UID, null], or [UID, prefix] where the caller has to look. */
    readPrefixes: (
      accountId: string,
      mailboxId: string,
      from: number,
      to: number,
      needle: string,
    ) => {
      const scope = [accountId, mailboxId, from, to];
      const rows = isAscii(needle)
        ? selectPrefixes.ascii.iterate(...scope, needle)
        : selectPrefixes.foreign.iterate(...scope);
      return rows as IterableIterator<[number, Buffer | null]>;
    },
    close: () => void database.close(),
  };
}

export type Mail = ReturnType<typeof openMail>;

// Where a body is best kept: a row of the database, an append-only pack, or a file of its own. Each way is made
// as durable as an acknowledgement needs (synchronous=FULL, fsync of file and folder) and writes a message row
// besides. docs/store.md draws the conclusion.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Bench, Figure } from './run.ts';

const runs = 3;
const bytesPerRun = 24 * 1024 * 1024;
const sizes = [4, 16, 64, 256, 1024].map((kilobytes) => kilobytes * 1024);
const groups = [1, 50];

/** Stores one body; `commit` makes what was stored durable. */
type Way = { store(body: Buffer): void; commit(): void; close(): void };

function openRows(folder: string): Database.Database {
  const database = new Database(join(folder, `${randomBytes(6).toString('hex')}.db`));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE message (id INTEGER PRIMARY KEY, place TEXT, offset INTEGER)');
  database.exec('CREATE TABLE body (id INTEGER PRIMARY KEY, bytes BLOB)');
  return database;
}

function beginRows(folder: string) {
  const database = openRows(folder);
  const insert = database.prepare('INSERT INTO message (place, offset) VALUES (?, ?)');
  database.exec('BEGIN IMMEDIATE');
  return {
    database,
    insert,
    commit: () => database.exec('COMMIT; BEGIN IMMEDIATE'),
    close: () => database.close(),
  };
}

function keepInRows(folder: string): Way {
  const { database, insert, commit, close } = beginRows(folder);
  const insertBody = database.prepare('INSERT INTO body (bytes) VALUES (?)');
  return {
    store: (body) => {
      insertBody.run(body);
      insert.run('row', 0);
    },
    commit,
    close,
  };
}

function keepInPack(folder: string): Way {
  const { insert, commit, close } = beginRows(folder);
  const pack = openSync(join(folder, `pack-${randomBytes(6).toString('hex')}`), 'wx');
  let offset = 0;
  return {
    store: (body) => {
      writeSync(pack, body);
      insert.run('pack', offset);
      offset += body.length;
    },
    commit: () => {
      fdatasyncSync(pack);
      commit();
    },
    close: () => {
      closeSync(pack);
      close();
    },
  };
}

function keepInFiles(folder: string): Way {
  const { insert, commit, close } = beginRows(folder);
  const directory = openSync(folder, 'r');
  return {
    store: (body) => {
      const name = randomBytes(16).toString('hex');
      const file = openSync(join(folder, name), 'wx');
      writeSync(file, body);
      fsyncSync(file);
      closeSync(file);
      insert.run(name, 0);
    },
    commit: () => {
      fsyncSync(directory);
      commit();
    },
    close: () => {
      closeSync(directory);
      close();
    },
  };
}

const ways = { 'database row': keepInRows, pack: keepInPack, file: keepInFiles };

/** Bodies a second. */
function measure(open: (folder: string) => Way, sizeBytes: number, group: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bodies-'));
  const way = open(folder);
  const count = Math.max(group, Math.min(2000, Math.floor(bytesPerRun / sizeBytes)));
  const body = randomBytes(sizeBytes);
  const started = performance.now();
  for (let done = 1; done <= count; done += 1) {
    way.store(body);
    if (done % group === 0) way.commit();
  }
  way.commit();
  const seconds = (performance.now() - started) / 1000;
  way.close();
  rmSync(folder, { recursive: true });
  return count / seconds;
}

export const bench: Bench = {
  help: 'bodies in database rows, packs and files, alone and 50 a commit',
  run: async () => {
    const figures: Figure[] = [];
    for (const sizeBytes of sizes) {
      for (const group of groups) {
        for (const [name, open] of Object.entries(ways)) {
          figures.push({
            name: `${sizeBytes / 1024} KB, ${group} a commit, ${name}`,
            unit: 'bodies/s',
            values: Array.from({ length: runs }, () => measure(open, sizeBytes, group)),
          });
        }
      }
    }
    return figures;
  },
};

// The text index (SQLite's file of its own; PostgreSQL checks its index itself): never ahead of the store, of
// this database, and with all of its parts. It holds nothing of its own, so whatever is wrong it goes, and is
// made anew behind delivery; searches are answered by a scan until then.
import { existsSync } from 'node:fs';
import { db } from '#lib/db.ts';
import { textIndexFiles } from '#lib/dialect/index.ts';
import { openSearchFile, removeSearchFile, type SearchFile } from '#lib/dialect/search-file.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { TERMS_VERSION } from '../search/text-index-terms.ts';
import { nextTurn } from '../turn.ts';
import type { Found, Look } from './finding.ts';

const chunksPerRead = 200;

/** The index, read as one commit of it. */
export const lookAtSearchIndex: Look = async function* ({ isQuick }) {
  const files = textIndexFiles();
  if (!files || !existsSync(files.searchFile)) return;
  const text = await findFault(files.searchFile, isQuick);
  if (text === null) return;
  const found: Found = {
    kind: 'search-index',
    text: `The text index ${text}.`,
    mend: async () => {
      removeSearchFile(files.searchFile);
      return 'It was removed; the server makes it again.';
    },
  };
  yield found;
};

async function findFault(file: string, isQuick: boolean): Promise<string | null> {
  let index: SearchFile;
  try {
    index = openSearchFile(file, `${TERMS_VERSION}.${FACTS_VERSION}`, false);
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    // Of another version: the server makes it anew, as a file that was just begun.
    return /CORRUPT|NOTADB/.test(code) ? `is damaged (${code})` : null;
  }
  try {
    index.hold();
    return (await judgeSegments(index)) ?? (isQuick ? null : await readAll(index));
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (/CORRUPT|NOTADB|IOERR/.test(code)) return `is damaged (${code})`;
    throw error;
  } finally {
    index.close();
  }
}

async function judgeSegments(index: SearchFile): Promise<string | null> {
  let covered = 0;
  for (const { low, high, anchor } of index.segments()) {
    if (low <= covered || high < low) return `has parts that overlap at body ${low}`;
    covered = high;
    // The body may be gone; another one under its number means another database.
    const [body] = await db.$queryRaw<
      { hash: string }[]
    >`SELECT "hash" FROM "Blob" WHERE "id" = ${high}`;
    if (body && body.hash !== anchor) return `is of another database (body ${high})`;
  }
  return null;
}

/** Every list of terms and every list of bodies is there. */
async function readAll(index: SearchFile): Promise<null> {
  for (let from = 0; ; ) {
    const chunks = index.readTerms(from, Number.MAX_SAFE_INTEGER, chunksPerRead);
    for (const [key] of chunks) index.readPostings(key);
    const last = chunks.at(-1);
    if (!last) return null;
    from = last[0] + 1;
    await nextTurn();
  }
}

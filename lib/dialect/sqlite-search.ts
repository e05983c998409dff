// Where the text index is on SQLite: in a file of its own beside the database, kept by a thread of the
// server (search-file.ts); SQL alone looks into texts one by one.
import { join } from 'node:path';
import { raw, type Sql, sql } from '../db.ts';
import { databaseUrl, dataFolder } from '../env.ts';

/** The file of the mail database and that of its text index; null where the database keeps the index itself. */
export function textIndexFiles(): { mailFile: string; searchFile: string } | null {
  return {
    mailFile: databaseUrl().replace(/^file:/, ''),
    searchFile: join(dataFolder(), 'search.db'),
  };
}

/** The condition that a column of "RenderingText" contains a text, to the letter. */
export function matchText(column: 'header' | 'body', needle: string): Sql {
  return sql`instr("RenderingText".${raw(`"${column}"`)}, ${needle}) > 0`;
}

/** Makes the index that `matchText` is answered from, behind everything else; here there is none. */
export async function buildTextIndex(): Promise<void> {}

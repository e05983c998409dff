// Part of a text in columns, as a condition that both databases understand.
import { join, type Sql, sql } from '../db.ts';

const maxLength = 300;

/**
 * A condition for what somebody looks for: in columns that are in lower case, or in others whatever the case (on SQLite of
 * ASCII letters; others as they were typed or in lower case). Null for nothing.
 */
export function containsAny(text: string | undefined, lower: Sql[], others: Sql[]): Sql | null {
  const typed = text?.trim().slice(0, maxLength) ?? '';
  if (typed === '') return null;
  const wanted = patternOf(typed.toLowerCase());
  const conditions = [
    ...lower.map((column) => sql`${column} LIKE ${wanted} ESCAPE '\\'`),
    ...others.map((column) => sql`LOWER(${column}) LIKE ${wanted} ESCAPE '\\'`),
  ];
  // SQLite's LOWER knows ASCII alone.
  if (/[^\0-\x7f]/.test(typed)) {
    conditions.push(...others.map((column) => sql`${column} LIKE ${patternOf(typed)} ESCAPE '\\'`));
  }
  return sql`(${join(conditions, ' OR ')})`;
}

function patternOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

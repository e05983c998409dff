// What the words of a search mean to a user: names of labels, and today.
import { now } from '../../clock.ts';
import { readPreferences } from '../../preferences/index.ts';
import type { SearchContext } from './compile.ts';

/** For compileQuery(). */
export async function readSearchContext(accountId: string): Promise<SearchContext> {
  const { 'folders.labels': labels } = await readPreferences(accountId);
  return { labels, now: now() };
}

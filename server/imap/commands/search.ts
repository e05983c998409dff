// SEARCH (RFC 3501 §6.4.4) with RETURN (RFC 4731), SAVE (RFC 5182), PARTIAL (RFC 9394), UPDATE (RFC 5267).
import { formatString } from '#lib/mail/imap-string.ts';
import type { Progress } from '#server/store/progress.ts';
import { searchMessages } from '#server/store/search/search.ts';
import type { FetchItem } from '../fetch-item.ts';
import { charsets, compileKey, parseProgram, type SearchProgram } from '../search-key.ts';
import { formatResult, parseReturn, pickTold, type Returning } from '../search-result.ts';
import type { Selection } from '../selection.ts';
import type { Session } from '../session.ts';
import type { Cursor } from '../wire/cursor.ts';
import { bad, no, ok, untaggedState } from '../wire/encode.ts';
import { defineCommand, onlySelected } from './command.ts';

type Args = {
  returning: Returning | null;
  program: SearchProgram | null;
  hasCharset: boolean;
};

export const search = defineCommand<Args>({
  name: 'SEARCH',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  parse(cursor) {
    cursor.space();
    const returning = parseReturn(cursor, 'SEARCH');
    const hasCharset = cursor.tryWord('CHARSET ');
    const charset = hasCharset ? readCharset(cursor) : 'UTF-8';
    const program = charset === null ? null : parseProgram(cursor, charset);
    return { returning, program, hasCharset };
  },
  async *run(session, args, { tag, isUid, progress }) {
    const { program, hasCharset } = args;
    if (hasCharset && !mayNameCharset(session)) return bad('With UTF8=ACCEPT there is no charset');
    // RFC 9051 §6.4.4: the answer is ESEARCH, asked for or not.
    const returning = args.returning ?? (session.isRev2 ? allOfThem : null);
    if (!program) {
      if (returning) saveResult(session, returning, []);
      return badCharset();
    }
    const isUpdated = returning?.options.has('UPDATE') === true;
    // RFC 5267 §4.3
    if (isUpdated && session.selected.contexts.has(tag)) return bad('The tag is in use');
    const uids = await findMatches(session, program, returning, progress);
    if (isUpdated) yield keepUpdated(session.selected, tag, isUid, program, uids, returning?.items);
    const { usesModseq } = program;
    const result = { name: 'SEARCH', tag, isUid, returning, usesModseq, uids } as const;
    if (returning) saveResult(session, returning, uids);
    yield await formatResult(result, session.selected);
    return ok('Search completed');
  },
});

/** Lets the search go on, or says that it cannot: RFC 5267 §4.3.1, the search itself is answered then too. */
export function keepUpdated(
  { contexts }: Selection,
  tag: string,
  isUid: boolean,
  { key, isMoving }: SearchProgram,
  uids: readonly number[],
  items: readonly FetchItem[] = [],
): string {
  if (isMoving || contexts.isFull) {
    const why = isMoving ? 'Such a search cannot be followed' : 'Too many searches go on';
    return untaggedState('NO', why, `NOUPDATE ${formatString(tag)}`);
  }
  contexts.add(tag, isUid, (view) => compileKey(key, view, []), uids, items);
  return '';
}

const allOfThem: Returning = { options: new Set(['ALL']), partial: null };

/** RFC 9755 §3: everything is UTF-8 then. RFC 9051 §6.4.4 allows to say so. */
export function mayNameCharset({ isUtf8, isRev2 }: Session): boolean {
  return !isUtf8 || isRev2;
}

/** charset SP; null for one that is not known. */
export function readCharset(cursor: Cursor): string | null {
  const name = cursor.astringText().toUpperCase();
  cursor.space();
  return charsets.find((known) => known === name) ?? null;
}

/** RFC 5530 BADCHARSET with the names that would do. */
export function badCharset() {
  return no('The charset is not supported', `BADCHARSET (${charsets.join(' ')})`);
}

/** RFC 5182 §2.1: what "$" means from now on, where the search asks for that. */
export function saveResult(session: Session, returning: Returning, uids: readonly number[]): void {
  if (!returning.options.has('SAVE')) return;
  session.selected.saved = pickTold(returning, uids).sort((one, other) => one - other);
}

/** UIDs of the view that fit, ascending. A search that fails leaves an empty "$" (RFC 5182 §2.1). */
export async function findMatches(
  session: Session,
  program: SearchProgram,
  returning: Returning | null,
  progress?: Progress,
): Promise<number[]> {
  const { selected } = session;
  const { accountId, mailboxId, view } = selected;
  if (program.usesModseq) session.isCondstore = true;
  const criterion = compileKey(program.key, view, selected.listSaved());
  if (returning) saveResult(session, returning, []);
  const uids = await searchMessages(accountId, mailboxId, criterion, session.gone, progress);
  return view.keepKnown(uids);
}

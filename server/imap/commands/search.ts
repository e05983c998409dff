// SEARCH (RFC 3501 §6.4.4) with RETURN (RFC 4731).
import { searchMessages } from '#server/store/search.ts';
import { charsets, compileKey, parseProgram, type SearchProgram } from '../search-key.ts';
import { formatResult, parseReturn, type ReturnOption } from '../search-result.ts';
import type { Session } from '../session.ts';
import type { Cursor } from '../wire/cursor.ts';
import { no, ok } from '../wire/encode.ts';
import { defineCommand, onlySelected } from './command.ts';

type Args = { asked: ReturnOption[] | null; program: SearchProgram | null };

export const search = defineCommand<Args>({
  name: 'SEARCH',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  parse(cursor) {
    cursor.space();
    const asked = parseReturn(cursor);
    const charset = cursor.tryWord('CHARSET ') ? readCharset(cursor) : 'UTF-8';
    return { asked, program: charset === null ? null : parseProgram(cursor, charset) };
  },
  async *run(session, { asked, program }, { tag, isUid }) {
    if (!program) return badCharset();
    const uids = await findMatches(session, program);
    const { usesModseq } = program;
    const result = { name: 'SEARCH', tag, isUid, asked, usesModseq, uids } as const;
    yield await formatResult(result, session.selected);
    return ok('Search completed');
  },
});

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

/** UIDs of the view that fit, ascending. */
export async function findMatches(session: Session, program: SearchProgram): Promise<number[]> {
  const { accountId, mailboxId, view } = session.selected;
  if (program.usesModseq) session.isCondstore = true;
  const criterion = compileKey(program.key, view);
  const uids = await searchMessages(accountId, mailboxId, criterion, session.gone);
  return uids.filter((uid) => view.numberOf(uid) > 0);
}

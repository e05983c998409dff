// SORT (RFC 5256 §3, by display names RFC 5957) with RETURN (ESORT, RFC 5267 §3).
import { sortMessages } from '#server/store/search/sort.ts';
import { parseProgram, type SearchProgram } from '../search-key.ts';
import { formatResult, parseReturn, type Returning } from '../search-result.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { ok } from '../wire/encode.ts';
import { defineCommand, onlySelected } from './command.ts';
import { badCharset, findMatches, readCharset, saveResult } from './search.ts';

type SortKey = Parameters<typeof sortMessages>[3][number];
type Args = { returning: Returning | null; keys: SortKey[]; program: SearchProgram | null };

const keyNames = [
  'arrival',
  'cc',
  'date',
  'displayfrom',
  'displayto',
  'from',
  'size',
  'subject',
  'to',
] as const;
const keyLimit = 14;

export const sort = defineCommand<Args>({
  name: 'SORT',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  parse(cursor) {
    cursor.space();
    const returning = parseReturn(cursor, 'SORT');
    const keys = parseKeys(cursor);
    cursor.space();
    const charset = readCharset(cursor);
    return { returning, keys, program: charset === null ? null : parseProgram(cursor, charset) };
  },
  async *run(session, { returning, keys, program }, { tag, isUid, progress }) {
    if (!program) {
      if (returning) saveResult(session, returning, []);
      return badCharset();
    }
    const found = await findMatches(session, program, returning);
    const { accountId, mailboxId } = session.selected;
    const { gone } = session;
    const uids = await sortMessages(accountId, mailboxId, found, keys, gone, progress);
    const { usesModseq } = program;
    const result = { name: 'SORT', tag, isUid, returning, usesModseq, uids } as const;
    if (returning) saveResult(session, returning, uids);
    yield await formatResult(result, session.selected);
    return ok('Sort completed');
  },
});

function parseKeys(cursor: Cursor): SortKey[] {
  const keys: SortKey[] = [];
  let isReverse = false;
  cursor.list(() => {
    const word = cursor.keyword();
    if (word === 'REVERSE' && !isReverse) {
      isReverse = true;
      return;
    }
    const key = keyNames.find((name) => name.toUpperCase() === word);
    if (!key || keys.length >= keyLimit) throw new Bad(`Unknown sort key ${word}`);
    keys.push({ key, isReverse });
    isReverse = false;
  });
  if (keys.length === 0 || isReverse) throw new Bad('A sort key is missing');
  return keys;
}

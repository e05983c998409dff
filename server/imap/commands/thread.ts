// THREAD (RFC 5256 §3): ORDEREDSUBJECT, REFERENCES, REFS.
import type { ThreadAlgorithm } from '#lib/mail/thread.ts';
import { threadMessages } from '#server/store/search/thread-index.ts';
import { runInTurns } from '#server/store/turn.ts';
import { parseProgram, type SearchProgram } from '../search-key.ts';
import { formatThreads } from '../thread-format.ts';
import { Bad } from '../wire/bad.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, onlySelected } from './command.ts';
import { badCharset, findMatches, readCharset } from './search.ts';

const algorithms: readonly ThreadAlgorithm[] = ['ORDEREDSUBJECT', 'REFERENCES', 'REFS'];

type Args = { algorithm: ThreadAlgorithm; program: SearchProgram | null };

export const thread = defineCommand<Args>({
  name: 'THREAD',
  states: onlySelected,
  hasUidForm: true,
  hidesExpunge: true,
  parse(cursor) {
    cursor.space();
    const word = cursor.keyword();
    const algorithm = algorithms.find((name) => name === word);
    if (!algorithm) throw new Bad(`Unknown algorithm ${word}`);
    cursor.space();
    const charset = readCharset(cursor);
    return { algorithm, program: charset === null ? null : parseProgram(cursor, charset) };
  },
  async *run(session, { algorithm, program }, { isUid, progress }) {
    if (!program) return badCharset();
    const found = await findMatches(session, program, null);
    const { accountId, mailboxId, view } = session.selected;
    const { gone } = session;
    const { uids, forest } = await threadMessages(
      accountId,
      mailboxId,
      { uids: found, algorithm },
      gone,
      progress,
    );
    const names = isUid ? uids : view.numbersOf([...uids]);
    const steps = formatThreads(forest, (message) => names[message]!);
    const text = await runInTurns(steps, gone);
    yield untagged(text === '' ? 'THREAD' : `THREAD ${text}`);
    return ok('Thread completed');
  },
});

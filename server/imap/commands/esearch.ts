// ESEARCH (MULTISEARCH, RFC 7377): one search in many mailboxes, none of which need be selected.
import { isRefusal } from '#lib/errors.ts';
import { readView } from '#server/store/journal.ts';
import { searchMessages } from '#server/store/search/search.ts';
import { nextTurn } from '#server/store/turn.ts';
import type { Located } from '../located.ts';
import { findMailboxes, type MailboxFilter, parseMailboxFilter } from '../mailbox-filter.ts';
import { compileKey, parseProgram, type SearchProgram } from '../search-key.ts';
import {
  formatMailboxResult,
  highestModseq,
  isSilent,
  parseReturn,
  pickTold,
  type Returning,
} from '../search-result.ts';
import type { Session } from '../session.ts';
import { View } from '../view.ts';
import { bad, ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';
import {
  badCharset,
  findMatches,
  keepUpdated,
  mayNameCharset,
  readCharset,
  saveResult,
} from './search.ts';

type Args = {
  filters: MailboxFilter[];
  returning: Returning;
  program: SearchProgram | null;
  hasCharset: boolean;
};

const filterLimit = 100;

export const esearch = defineCommand<Args>({
  name: 'ESEARCH',
  states: signedIn,
  hidesExpunge: true,
  parse(cursor) {
    cursor.space();
    const filters: MailboxFilter[] = [];
    if (cursor.tryWord('IN ')) {
      cursor.list(() => {
        if (filters.length < filterLimit) filters.push(parseMailboxFilter(cursor));
      });
      cursor.space();
    }
    if (filters.length === 0) filters.push({ kind: 'selected' });
    const all: Returning = { options: new Set(['ALL']), partial: null };
    const returning = parseReturn(cursor, 'SEARCH') ?? all;
    const hasCharset = cursor.tryWord('CHARSET ');
    const charset = hasCharset ? readCharset(cursor) : 'UTF-8';
    const program = charset === null ? null : parseProgram(cursor, charset);
    return { filters, returning, program, hasCharset };
  },
  async *run(session, { filters, returning, program, hasCharset }, { tag }) {
    if (hasCharset && !mayNameCharset(session)) return bad('With UTF8=ACCEPT there is no charset');
    const { options } = returning;
    const isSelectedOnly = filters.every(({ kind }) => kind === 'selected');
    if (!session.selection && filters.some(({ kind }) => kind === 'selected')) {
      return bad('No mailbox is selected');
    }
    // RFC 7377 §2.2: these speak of the selected mailbox.
    if (!isSelectedOnly && options.has('SAVE')) return bad('SAVE is for the selected mailbox');
    if (!session.selection && options.has('UPDATE')) return bad('No mailbox is selected');
    if (options.has('UPDATE') && session.selected.contexts.has(tag))
      return bad('The tag is in use');
    if (!program) {
      saveResult(session, returning, []);
      return badCharset();
    }
    if (!isSelectedOnly && program.usesNumbers) return bad('Numbers mean nothing here');
    for (const located of await findMailboxes(session, filters)) {
      const uids = await searchMailbox(session, located, program, returning);
      if (located.mailbox.id === session.selection?.mailboxId) {
        saveResult(session, returning, uids);
        if (options.has('UPDATE')) {
          yield keepUpdated(session.selected, tag, true, program, uids, returning.items);
        }
      }
      // RFC 7377 §2.1: a mailbox without matches is not mentioned.
      if (uids.length > 0 && !isSilent(returning)) {
        const { name, accountId, mailbox } = located;
        const where = { name, uidValidity: mailbox.uidValidity, isUtf8: session.isUtf8 };
        const source = { accountId, mailboxId: mailbox.id };
        const told = program.usesModseq ? pickTold(returning, uids) : [];
        const modseq = await highestModseq(told, source);
        yield formatMailboxResult(tag, where, returning, uids, modseq);
      }
      await nextTurn();
    }
    return ok('Search completed');
  },
});

async function searchMailbox(
  session: Session,
  { accountId, mailbox }: Located,
  program: SearchProgram,
  returning: Returning,
): Promise<number[]> {
  if (mailbox.id === session.selection?.mailboxId) {
    return findMatches(session, program, returning);
  }
  try {
    const { roll } = await readView(accountId, mailbox.id);
    const criterion = compileKey(program.key, new View(roll.uids, roll.modseq), []);
    return await searchMessages(accountId, mailbox.id, criterion, session.gone);
  } catch (error) {
    // Deleted while the others were searched.
    if (isRefusal(error, 'not-found')) return [];
    throw error;
  }
}

// LIST (RFC 3501 §6.3.8) with everything LIST-EXTENDED adds (RFC 5258), RETURN (STATUS …) (RFC 5819) and
// special uses (RFC 6154; on plain LIST too, since macOS Mail never asks). XLIST is Google's forerunner
// of SPECIAL-USE: answered for old Outlook, not announced.
import { formatRights } from '#lib/accounts/rights.ts';
import { listSubscriptions } from '#server/store/mailboxes.ts';
import { formatAnnotations, parseEntries } from '../annotation-entry.ts';
import { listAnnotations, mayAnnotate, toAnnotated } from '../annotation-holder.ts';
import { listVisible } from '../locate.ts';
import type { Located } from '../located.ts';
import {
  asksForDeleted,
  type Listed,
  listNames,
  mayBeLevelOnly,
  type Selecting,
} from '../mailbox-listing.ts';
import { joinPattern, matchesNothing, rootOf } from '../mailbox-pattern.ts';
import type { Session } from '../session.ts';
import { formatStatus, parseStatusItems } from '../status-items.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { ok, untagged } from '../wire/encode.ts';
import { defineCommand, type Output, signedIn } from './command.ts';
import { pick } from './getmetadata.ts';

type Args = {
  reference: string;
  patterns: string[];
  isExtended: boolean;
  selecting: Selecting;
  returning: Returning;
};

type Returning = {
  subscribed: boolean;
  status: string[] | null;
  /** RFC 8440 */
  rights: boolean;
  /** Names of annotations (RFC 9590). */
  metadata: string[] | null;
};

const patternLimit = 20;
const nothing: Selecting = { subscribed: false, specialUse: false, recursive: false };
const noReturn: Returning = { subscribed: false, status: null, rights: false, metadata: null };

export const list = defineCommand<Args>({
  name: 'LIST',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const isSelecting = cursor.peek() === '(';
    const selecting = isSelecting ? parseSelection(cursor) : nothing;
    if (isSelecting) cursor.space();
    const reference = cursor.mailbox();
    cursor.space();
    const isMany = cursor.peek() === '(';
    const patterns = isMany ? parsePatterns(cursor) : [cursor.listMailbox() ?? matchesNothing];
    const isReturning = cursor.trySpace();
    const returning = isReturning ? parseReturn(cursor) : noReturn;
    cursor.expectEnd();
    const isExtended = isSelecting || isMany || isReturning;
    return { reference, patterns, isExtended, selecting, returning };
  },
  async *run(session, args) {
    // RFC 3501 §6.3.8: an empty pattern asks for the separator and the root of the reference.
    if (!args.isExtended && args.patterns[0] === '') {
      const root = session.formatName(rootOf(args.reference));
      yield untagged(`LIST (\\Noselect) "/" ${root}`);
      return ok('List completed');
    }
    // RFC 9051 §6.3.9: the extended syntax ignores empty patterns.
    const asked = args.patterns.filter((pattern) => pattern !== '');
    const patterns = asked.map((pattern) => joinPattern(args.reference, pattern));
    const which = patterns.some(asksForDeleted) ? 'all' : 'own';
    const visible = new Map((await listVisible(session, which)).map((one) => [one.name, one]));
    const mailboxes = [...visible.values()].map(({ mailbox }) => mailbox);
    const subscriptions = await listSubscriptions(session.accountId);
    const maySubscribed = args.selecting.subscribed || args.returning.subscribed;
    for await (const listed of listNames(mailboxes, subscriptions, patterns, args.selecting)) {
      const located = visible.get(listed.name) ?? null;
      yield formatListed(session, listed, located, args.selecting, maySubscribed);
      // RFC 9051 §6.3.9.8: nothing more of one that is named for what is below it.
      if (located && listed.isSelected) yield* returnMore(session, located, args.returning);
    }
    return ok('List completed');
  },
});

export const xlist = defineCommand<{ reference: string; pattern: string }>({
  name: 'XLIST',
  states: signedIn,
  parse: parsePlain,
  async *run(session, { reference, pattern }) {
    const joined = joinPattern(reference, pattern);
    const which = asksForDeleted(joined) ? 'all' : 'own';
    const visible = new Map((await listVisible(session, which)).map((one) => [one.name, one]));
    const mailboxes = [...visible.values()].map(({ mailbox }) => mailbox);
    for await (const listed of listNames(mailboxes, [], [joined], nothing)) {
      const words = attributesOf(listed, visible.get(listed.name) ?? null);
      if (listed.name === 'INBOX') words.push('\\Inbox');
      yield untagged(`XLIST (${words.join(' ')}) "/" ${session.formatName(listed.name)}`);
    }
    return ok('Xlist completed');
  },
});

/** What else was asked for of a mailbox that is there. */
async function* returnMore(
  session: Session,
  located: Located,
  returning: Returning,
): AsyncGenerator<Output> {
  const { mailbox, name, rights } = located;
  if (returning.rights) {
    yield untagged(`MYRIGHTS ${session.formatName(name)} ${formatRights(rights)}`);
  }
  if (returning.metadata && mayAnnotate(located)) {
    const all = await listAnnotations(session, toAnnotated(located));
    yield formatAnnotations(session, name, pick(all, returning.metadata, 0));
  }
  // RFC 5819 §2: no STATUS where the command would be refused.
  if (returning.status && rights.includes('r')) {
    yield await formatStatus(session, mailbox, returning.status);
  }
}

/** reference SP list-mailbox, as LSUB and XLIST take it. */
export function parsePlain(cursor: Cursor): { reference: string; pattern: string } {
  cursor.space();
  const reference = cursor.mailbox();
  cursor.space();
  const pattern = cursor.listMailbox() ?? matchesNothing;
  cursor.expectEnd();
  return { reference, pattern };
}

function parseSelection(cursor: Cursor): Selecting {
  const words = new Set<string>();
  cursor.list(() => {
    const word = cursor.keyword();
    if (!['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'].includes(word)) {
      throw new Bad(`Unknown LIST selection ${word}`);
    }
    words.add(word);
  });
  const selecting = {
    subscribed: words.has('SUBSCRIBED'),
    specialUse: words.has('SPECIAL-USE'),
    recursive: words.has('RECURSIVEMATCH'),
  };
  // RFC 5258 §3: RECURSIVEMATCH needs something whose match it extends.
  if (selecting.recursive && !selecting.subscribed && !selecting.specialUse) {
    throw new Bad('RECURSIVEMATCH needs another selection');
  }
  return selecting;
}

function parsePatterns(cursor: Cursor): string[] {
  const patterns: string[] = [];
  cursor.list(() => {
    if (patterns.length >= patternLimit) throw new Bad('Too many patterns');
    patterns.push(cursor.listMailbox() ?? matchesNothing);
  });
  return patterns;
}

function parseReturn(cursor: Cursor): Returning {
  const returning = { ...noReturn };
  cursor.expect('RETURN');
  cursor.space();
  cursor.list(() => {
    const word = cursor.keyword();
    if (word === 'SUBSCRIBED') returning.subscribed = true;
    else if (word === 'MYRIGHTS') returning.rights = true;
    else if (word === 'METADATA') {
      cursor.space();
      if (cursor.peek() !== '(') throw new Bad('Expected names of annotations');
      returning.metadata = parseEntries(cursor);
    } else if (word === 'STATUS') {
      cursor.space();
      returning.status = parseStatusItems(cursor);
      // CHILDREN and SPECIAL-USE are always told.
    } else if (word !== 'CHILDREN' && word !== 'SPECIAL-USE') {
      throw new Bad(`Unknown LIST return option ${word}`);
    }
  });
  return returning;
}

function attributesOf(listed: Listed, located: Located | null): string[] {
  // RFC 5258 §3: \NonExistent says \Noselect too; only who knows RFC 5258 knows that.
  const words = listed.mailbox ? [] : ['\\NonExistent'];
  // RFC 5819 §2: so does a mailbox that may be seen and not read.
  const isShut = located ? !located.rights.includes('r') : mayBeLevelOnly(listed.name);
  if (isShut) words.push('\\Noselect');
  words.push(listed.hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  if (listed.mailbox?.specialUse) words.push(listed.mailbox.specialUse);
  return words;
}

function formatListed(
  session: Session,
  listed: Listed,
  located: Located | null,
  selecting: Selecting,
  maySubscribed: boolean,
): string {
  const words = attributesOf(listed, located);
  if (maySubscribed && listed.isSubscribed) words.push('\\Subscribed');
  const below =
    selecting.recursive && selecting.subscribed && listed.hasSelectedBelow
      ? ' ("CHILDINFO" ("SUBSCRIBED"))'
      : '';
  return untagged(`LIST (${words.join(' ')}) "/" ${session.formatName(listed.name)}${below}`);
}

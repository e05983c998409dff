// LIST (RFC 3501 §6.3.8) with everything LIST-EXTENDED adds (RFC 5258), RETURN (STATUS …) (RFC 5819) and
// special uses (RFC 6154; on plain LIST too, since macOS Mail never asks). XLIST is Google's forerunner
// of SPECIAL-USE: answered for old Outlook, not announced.
import { isRecoverable } from '#server/store/mailbox-name.ts';
import { listMailboxes, listSubscriptions } from '#server/store/mailboxes.ts';
import { asksForDeleted, type Listed, listNames, type Selecting } from '../mailbox-listing.ts';
import { joinPattern, matchesNothing } from '../mailbox-pattern.ts';
import { formatStatus, parseStatusItems } from '../status-items.ts';
import { Bad } from '../wire/bad.ts';
import type { Cursor } from '../wire/cursor.ts';
import { formatName, ok, untagged } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Args = {
  reference: string;
  patterns: string[];
  isExtended: boolean;
  selecting: Selecting;
  returning: { subscribed: boolean; status: string[] | null };
};

const patternLimit = 20;
const nothing: Selecting = { subscribed: false, specialUse: false, recursive: false };

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
    const returning = isReturning ? parseReturn(cursor) : { subscribed: false, status: null };
    cursor.expectEnd();
    const isExtended = isSelecting || isMany || isReturning;
    return { reference, patterns, isExtended, selecting, returning };
  },
  async *run(session, args) {
    // RFC 3501 §6.3.8: an empty pattern asks for the separator and the root of the reference.
    if (!args.isExtended && args.patterns[0] === '') {
      yield untagged('LIST (\\Noselect) "/" ""');
      return ok('List completed');
    }
    const patterns = args.patterns.map((pattern) => joinPattern(args.reference, pattern));
    const which = patterns.some(asksForDeleted) ? 'all' : 'own';
    const mailboxes = await listMailboxes(session.accountId, which);
    const subscriptions = await listSubscriptions(session.accountId);
    const maySubscribed = args.selecting.subscribed || args.returning.subscribed;
    for await (const listed of listNames(mailboxes, subscriptions, patterns, args.selecting)) {
      yield formatListed(listed, args.selecting, maySubscribed);
      if (args.returning.status && listed.mailbox) {
        yield await formatStatus(session, listed.mailbox, args.returning.status);
      }
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
    const mailboxes = await listMailboxes(session.accountId, which);
    for await (const listed of listNames(mailboxes, [], [joined], nothing)) {
      const words = attributesOf(listed);
      if (listed.name === 'INBOX') words.push('\\Inbox');
      yield untagged(`XLIST (${words.join(' ')}) "/" ${formatName(listed.name)}`);
    }
    return ok('Xlist completed');
  },
});

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

function parseReturn(cursor: Cursor): Args['returning'] {
  const returning: Args['returning'] = { subscribed: false, status: null };
  cursor.expect('RETURN');
  cursor.space();
  cursor.list(() => {
    const word = cursor.keyword();
    if (word === 'SUBSCRIBED') returning.subscribed = true;
    else if (word === 'STATUS') {
      cursor.space();
      returning.status = parseStatusItems(cursor);
      // CHILDREN and SPECIAL-USE are always told.
    } else if (word !== 'CHILDREN' && word !== 'SPECIAL-USE') {
      throw new Bad(`Unknown LIST return option ${word}`);
    }
  });
  return returning;
}

function attributesOf(listed: Listed): string[] {
  // RFC 5258 §3: \NonExistent says \Noselect too; only who knows RFC 5258 knows that.
  const words = listed.mailbox ? [] : ['\\NonExistent'];
  if (!listed.mailbox && isRecoverable(listed.name)) words.push('\\Noselect');
  words.push(listed.hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  if (listed.mailbox?.specialUse) words.push(listed.mailbox.specialUse);
  return words;
}

function formatListed(listed: Listed, selecting: Selecting, maySubscribed: boolean): string {
  const words = attributesOf(listed);
  if (maySubscribed && listed.isSubscribed) words.push('\\Subscribed');
  const below =
    selecting.recursive && selecting.subscribed && listed.hasSelectedBelow
      ? ' ("CHILDINFO" ("SUBSCRIBED"))'
      : '';
  return untagged(`LIST (${words.join(' ')}) "/" ${formatName(listed.name)}${below}`);
}

// What a reply, a reply to all or a forwarded message begins with: recipients, subject, threading fields and
// the quoted text. Pure: a message view in, a form out.

import type { Person } from '../list/message-list.ts';
import type { MessageView } from '../reader/message.ts';
import type { Origin } from './compose.ts';

export type ComposeMode = 'reply' | 'reply-all' | 'forward';

export type ComposeForm = {
  from: string;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  subject: string;
  text: string;
  inReplyTo: string;
  references: string[];
  origin: Origin | null;
};

const maxQuoteLength = 200_000;

/** `own` are the addresses of the person, the first the main one. `text` is the plain text to quote. */
export function prefillForm(
  message: MessageView,
  text: string,
  mode: ComposeMode,
  own: readonly string[],
): ComposeForm {
  const recipients = mode === 'forward' ? { to: [], cc: [] } : replyRecipients(message, mode, own);
  return {
    from: chooseFrom(message, own),
    ...recipients,
    bcc: [],
    subject: prefixSubject(message.subject, mode === 'forward' ? 'Fwd' : 'Re'),
    text: mode === 'forward' ? forwardedText(message, text) : quotedText(message, text),
    inReplyTo: mode === 'forward' ? '' : message.messageId,
    references: mode === 'forward' ? [] : threadReferences(message),
    origin: {
      kind: mode === 'forward' ? 'forward' : 'reply',
      folder: message.folder,
      uid: message.uid,
    },
  };
}

/** RFC 5322 §3.6.4: the parent's references and its own id. */
function threadReferences(message: MessageView): string[] {
  if (!message.messageId) return message.references;
  return [...message.references.filter((id) => id !== message.messageId), message.messageId].slice(
    -50,
  );
}

/** The own address the message came to, so that an alias answers as itself. */
function chooseFrom(message: MessageView, own: readonly string[]): string {
  const named = [...message.to, ...message.cc, ...message.from].map((each) =>
    each.address.toLowerCase(),
  );
  return named.find((address) => own.includes(address)) ?? own[0] ?? '';
}

function replyRecipients(
  message: MessageView,
  mode: 'reply' | 'reply-all',
  own: readonly string[],
): { to: Person[]; cc: Person[] } {
  const isOwn = (person: Person) => own.includes(person.address.toLowerCase());
  const isFromMe = message.from.length > 0 && message.from.every(isOwn);
  const answerTo = message.replyTo.length > 0 ? message.replyTo : message.from;
  // An answer to one's own message goes on to the people it went to.
  const to = distinct(isFromMe ? message.to : answerTo);
  if (mode === 'reply') return { to: to.length > 0 ? to : distinct(message.from), cc: [] };
  const others = isFromMe ? message.cc : [...message.to, ...message.cc];
  const cc = distinct(others).filter(
    (person) => !isOwn(person) && !to.some((each) => isSame(each, person)),
  );
  return to.length === 0 ? { to: cc, cc: [] } : { to, cc };
}

function isSame(a: Person, b: Person): boolean {
  return a.address.toLowerCase() === b.address.toLowerCase();
}

function distinct(people: Person[]): Person[] {
  return people.filter(
    (person, i) => person.address !== '' && people.findIndex((each) => isSame(each, person)) === i,
  );
}

/** "Re: x" once, whatever prefixes the subject has gathered. */
export function prefixSubject(subject: string, prefix: 'Re' | 'Fwd'): string {
  const pattern =
    prefix === 'Re'
      ? /^(?:(?:re|aw|sv|vs|antw|odp)(?:\[\d+\])?\s*:\s*)+/i
      : /^(?:(?:fwd?|wg|tr)\s*:\s*)+/i;
  return `${prefix}: ${subject.replace(pattern, '')}`.trim();
}

function quotedText(message: MessageView, text: string): string {
  const quoted = cutText(text)
    .split('\n')
    .map((line) => (line.startsWith('>') ? `>${line}` : line === '' ? '>' : `> ${line}`))
    .join('\n');
  return `\n\n${attribution(message)}\n${quoted}\n`;
}

function attribution(message: MessageView): string {
  const who = message.from[0];
  const name = who?.name || who?.address || 'somebody';
  return `On ${formatDay(message.sentAt ?? message.receivedAt)}, ${name} wrote:`;
}

function forwardedText(message: MessageView, text: string): string {
  const lines = [
    '---------- Forwarded message ----------',
    `From: ${formatPeople(message.from)}`,
    `Date: ${formatDay(message.sentAt ?? message.receivedAt)}`,
    `Subject: ${message.subject}`,
    `To: ${formatPeople(message.to)}`,
    ...(message.cc.length > 0 ? [`Cc: ${formatPeople(message.cc)}`] : []),
  ];
  return `\n\n${lines.join('\n')}\n\n${cutText(text)}\n`;
}

/** Without the signature of the one who is quoted and without trailing blank lines. */
function cutText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').slice(0, maxQuoteLength).split('\n');
  const mark = lines.lastIndexOf('-- ');
  return (mark > 0 ? lines.slice(0, mark) : lines).join('\n').trim();
}

function formatPeople(people: Person[]): string {
  return people
    .map((each) => (each.name ? `${each.name} <${each.address}>` : each.address))
    .join(', ');
}

function formatDay(iso: string): string {
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))} UTC`;
}

// What a reply, a forwarded message or a new one begins with: recipients, subject, threading fields, citation and
// signature. Pure: an original and the user's choices in, a form out.
import { escapeText, toRichText } from '../../mail/rich-text.ts';
import { type Signature, signatureBlock, signatureElement } from '../../mail/signature.ts';
import type { Person } from '../list/message-list.ts';
import {
  attributionOf,
  type CitationStyle,
  type CitationWords,
  cutOriginal,
  forwardHead,
  type Place,
  quoteLines,
} from './citation.ts';
import { type ComposeForm, emptyForm } from './form.ts';
import type { Original } from './original.ts';

export type AnswerMode = 'reply' | 'reply-all' | 'reply-list' | 'forward';

/** Options of writing that shape a form (lib/preferences/compose.ts). */
export type Habits = {
  citation: CitationStyle;
  citationText: string;
  quotePrefix: string;
  isSignatureCut: boolean;
  hasMe: boolean;
  cursor: 'above' | 'below';
  signatureOn: 'all' | 'new' | 'none';
  signaturePlace: 'above' | 'below';
};
export type Answering = {
  habits: Habits;
  words: CitationWords;
  place: Place;
  identity: { id: string; address: string; bcc: string; replyTo: string; signature: Signature };
  /** Every address that is one's own */
  isOwn: (address: string) => boolean;
  isHtml: boolean;
  /** Upload with the sealed original (quoteDocument); null where the original is plain */
  quoteId: string | null;
};

/** The form of an answer or of a forwarded message. */
export function prefillForm(original: Original, mode: AnswerMode, how: Answering): ComposeForm {
  const isForward = mode === 'forward';
  const recipients = isForward ? { to: [], cc: [] } : replyRecipients(original, mode, how);
  const { messageId } = original;
  return {
    ...emptyForm(how.identity.address, how.identity.id),
    ...recipients,
    ...identityFields(how.identity),
    subject: prefixSubject(original.subject, isForward ? 'Fwd' : 'Re'),
    ...(how.isHtml ? richBody(original, mode, how) : plainBody(original, mode, how)),
    inReplyTo: isForward ? '' : messageId,
    references: isForward ? [] : threadReferences(original),
    origin: {
      kind: isForward ? 'forward' : 'reply',
      folder: original.folder,
      uids: [original.uid],
    },
  };
}

/** A new message: nothing but sender and signature. */
export function newForm(how: Pick<Answering, 'habits' | 'identity' | 'isHtml'>): ComposeForm {
  const { habits, identity, isHtml } = how;
  const hasSignature = habits.signatureOn !== 'none';
  const block = hasSignature ? signatureBlock(identity.signature) : '';
  const element = hasSignature ? signatureElement(identity.signature) : '';
  return {
    ...emptyForm(identity.address, identity.id),
    ...identityFields(identity),
    isHtml,
    text: !isHtml && block !== '' ? `\n\n${block}` : '',
    html: isHtml && element !== '' ? `${blankLine}${blankLine}${element}` : '',
  };
}

const blankLine = '<div><br></div>';

function identityFields({ bcc, replyTo }: Answering['identity']) {
  const toList = (address: string): Person[] => (address ? [{ name: '', address }] : []);
  return { bcc: toList(bcc), replyTo: toList(replyTo) };
}

/** RFC 5322 §3.6.4: the parent's references and its own id; without any, what it answered itself. */
function threadReferences({ references, inReplyTo, messageId }: Original): string[] {
  const before = references.length > 0 ? references : inReplyTo ? [inReplyTo] : [];
  if (!messageId) return before;
  return [...before.filter((id) => id !== messageId), messageId].slice(-50);
}

/**
 * The own address a message came to, so that an alias or detail answers as itself; null where none is known. The
 * addresses it names come first, then those it was delivered to.
 */
export function findOwnAddress(
  original: Pick<Original, 'from' | 'to' | 'cc' | 'deliveredTo'>,
  isOwn: (address: string) => boolean,
): string | null {
  const { from, to, cc, deliveredTo } = original;
  const named = [...to, ...cc, ...from].map(({ address }) => address);
  return [...named, ...deliveredTo].map((each) => each.toLowerCase()).find(isOwn) ?? null;
}

function replyRecipients(
  original: Original,
  mode: 'reply' | 'reply-all' | 'reply-list',
  { isOwn, habits }: Answering,
): { to: Person[]; cc: Person[] } {
  const isMe = (person: Person) => isOwn(person.address.toLowerCase());
  if (mode === 'reply-list' && original.listPost) return { to: [original.listPost], cc: [] };
  const isFromMe = original.from.length > 0 && original.from.every(isMe);
  const answerTo = original.replyTo.length > 0 ? original.replyTo : original.from;
  // An answer to one's own message goes on to the people it went to.
  const to = distinct(isFromMe && original.to.length > 0 ? original.to : answerTo);
  if (mode === 'reply') return { to: to.length > 0 ? to : distinct(original.from), cc: [] };
  if (original.followUpTo.length > 0 && !isFromMe) {
    const everybody = distinct(original.followUpTo).filter((each) => habits.hasMe || !isMe(each));
    if (everybody.length > 0) return { to: everybody, cc: [] };
  }
  const others = isFromMe ? original.cc : [...original.to, ...original.cc];
  const cc = distinct(others).filter(
    (person) => (habits.hasMe || !isMe(person)) && !to.some((each) => isSame(each, person)),
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
      ? /^(?:(?:re|aw|sv|vs|antw|odp|réf|رد)(?:\[\d+\])?\s*:\s*)+/i
      : /^(?:(?:fwd?|wg|tr|rv|إعادة توجيه)\s*:\s*)+/i;
  return `${prefix}: ${subject.replace(pattern, '')}`.trim();
}

/** Citation lines: the introduction, and the original with its prefix or below the head of what is forwarded. */
function citePlain(original: Original, mode: AnswerMode, how: Answering): string {
  const { habits, words, place } = how;
  const text = cutOriginal(original.text, mode !== 'forward' && habits.isSignatureCut);
  if (mode === 'forward') return `${forwardHead(original, words, place).join('\n')}\n\n${text}`;
  const line = attributionOf(original, habits.citation, habits.citationText, words, place);
  const quoted = quoteLines(text, habits.quotePrefix);
  return line === '' ? quoted : `${line}\n${quoted}`;
}

function plainBody(original: Original, mode: AnswerMode, how: Answering) {
  const cited = citePlain(original, mode, how);
  const block = signs(how) ? signatureBlock(how.identity.signature) : '';
  const isBelow = mode !== 'forward' && how.habits.cursor === 'below';
  const isSignedBelow = isBelow || how.habits.signaturePlace === 'below';
  const end = isSignedBelow && block !== '' ? `\n\n${block}` : '\n';
  if (isBelow) return { isHtml: false, text: `${cited}\n\n${end}` };
  const signed = !isSignedBelow && block !== '' ? `\n\n${block}` : '';
  return { isHtml: false, text: `${signed}\n\n${cited}${end}` };
}

function richBody(original: Original, mode: AnswerMode, how: Answering) {
  const element = signs(how) ? signatureElement(how.identity.signature) : '';
  const isBelow = mode !== 'forward' && how.habits.cursor === 'below';
  const signed = element === '' ? '' : blankLine + element;
  if (how.quoteId) {
    const quote = { id: how.quoteId, place: isBelow ? 'above' : 'below' } as const;
    return { isHtml: true, html: `${blankLine}${signed}`, quote };
  }
  // Plain text is quoted where it can be written into.
  const text = cutOriginal(original.text, mode !== 'forward' && how.habits.isSignatureCut);
  const cited = quoteMarkup(original, mode, how, toRichText(text));
  return {
    isHtml: true,
    html: isBelow
      ? `${cited}${blankLine}${blankLine}${signed}`
      : `${blankLine}${signed}${blankLine}${cited}${blankLine}`,
  };
}

function signs({ habits }: Answering): boolean {
  return habits.signatureOn === 'all';
}

/** The original as markup below its introduction; `clean` is its cleaned body. */
export function quoteMarkup(
  original: Original,
  mode: AnswerMode,
  { habits, words, place }: Pick<Answering, 'habits' | 'words' | 'place'>,
  clean: string,
): string {
  if (mode === 'forward') {
    const head = forwardHead(original, words, place).map(escapeText).join('<br>');
    return `<div>${head}</div><br><div>${clean}</div>`;
  }
  const line = attributionOf(original, habits.citation, habits.citationText, words, place);
  const introduction = line === '' ? '' : `<div>${escapeText(line)}</div>`;
  return `${introduction}<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:2px solid #c6ccd4;padding-left:1.2ex">${clean}</blockquote>`;
}

// The start of a message for the composer: reads the original, decides between HTML and text, chooses the identity, copies
// files, and lets prefill.ts put the form together.
import { Refusal } from '../../errors.ts';
import { canonicalAddress, splitAddress, stripDetail } from '../../mail/address.ts';
import { type Preferences, readPreferences } from '../../preferences/index.ts';
import { readSetting } from '../../settings/index.ts';
import type { MailAccount } from '../imap/pool.ts';
import { openSource } from '../reader/part.ts';
import type { CitationWords, Place } from './citation.ts';
import { type OpenedDraft, openAsNew, openDraft } from './drafts.ts';
import { findIdentity, type Identity, listIdentities, mayWriteAs } from './identities.ts';
import { type Original, readOriginal } from './original.ts';
import {
  type Answering,
  type AnswerMode,
  findOwnAddress,
  type Habits,
  newForm,
  prefillForm,
  prefixSubject,
  quoteMarkup,
} from './prefill.ts';
import { copyPart, prepareQuote, storeQuote } from './quotes.ts';
import { storeUpload, type Upload } from './uploads.ts';

type Owner = MailAccount & { displayName: string };
/** Language and time zone of the one who writes. */
export type Writing = { words: CitationWords; place: Place };

const maxForwarded = 50;
const maxAttachments = 50;

/** A new message from the first identity. */
export async function beginNew(account: Owner): Promise<OpenedDraft> {
  const preferences = await readPreferences(account.id);
  const [identity] = await listIdentities(account);
  const isHtml = preferences['compose.format'] === 'rich';
  const form = newForm({ habits: habitsOf(preferences), identity: toSender(identity!), isHtml });
  return withWishes({ form, attachments: [], draftUid: null }, preferences);
}

/** An answer, or the message passed on with its files. Refusal 'not-found'. */
export async function beginAnswer(
  account: Owner,
  mode: AnswerMode,
  folder: string,
  uid: number,
  writing: Writing,
): Promise<OpenedDraft> {
  const preferences = await readPreferences(account.id);
  if (mode === 'forward' && preferences['compose.forwardAs'] === 'attachment') {
    return beginForwardAttached(account, folder, [uid]);
  }
  const original = await readOriginal(account, folder, uid);
  const isOwn = await ownershipOf(account, original);
  const identity = await chooseIdentity(account, original, isOwn);
  const wanted = preferences['compose.answerFormat'];
  const isHtml = wanted === 'same' ? original.html !== null : wanted === 'rich';
  const base = { habits: habitsOf(preferences), isOwn, isHtml, ...writing };
  const quoteId =
    isHtml && original.html !== null
      ? await storeQuote(
          account.id,
          quoteMarkup(original, mode, base, await prepareQuote(account, original)),
        )
      : null;
  const how: Answering = { ...base, identity: toSender(identity), quoteId };
  const form = prefillForm(original, mode, how);
  const attachments: Upload[] = [];
  if (mode === 'forward') {
    const files = original.attachments.filter((each) => !(quoteId && each.isInline));
    for (const { part } of files.slice(0, maxAttachments)) {
      attachments.push(await copyPart(account, original, part));
    }
  }
  return withWishes({ form, attachments, draftUid: null }, preferences);
}

/** A new message with others attached whole, at most 50. Refusal 'not-found'. */
export async function beginForwardAttached(
  account: Owner,
  folder: string,
  uids: number[],
): Promise<OpenedDraft> {
  const start = await beginNew(account);
  for (const uid of uids.slice(0, maxForwarded)) {
    const { fileName, content } = await openSource(account, folder, uid);
    const file = { fileName, type: 'message/rfc822' };
    start.attachments.push(await storeUpload(account.id, file, content));
  }
  const subject = start.attachments[0]?.fileName.replace(/\.eml$/, '') ?? '';
  const kept = uids.slice(0, maxForwarded);
  if (uids.length === 1) start.form.subject = prefixSubject(subject, 'Fwd');
  start.form.origin = { kind: 'forward', folder, uids: kept };
  return start;
}

/** A draft that is written on, or a message as the start of a new one. */
export async function beginFrom(
  account: Owner,
  mode: 'draft' | 'edit',
  folder: string,
  uid: number,
): Promise<OpenedDraft> {
  return mode === 'draft' ? openDraft(account, folder, uid) : openAsNew(account, folder, uid);
}

function withWishes(start: OpenedDraft, preferences: Preferences): OpenedDraft {
  start.form.wantsReadReceipt = preferences['compose.readReceipt'];
  start.form.wantsDeliveryReceipt = preferences['compose.deliveryReceipt'];
  start.form.keepBeside = preferences['compose.keepBeside'] && start.form.origin?.kind === 'reply';
  return start;
}

function habitsOf(preferences: Preferences): Habits {
  return {
    citation: preferences['compose.citation'],
    citationText: preferences['compose.citationText'],
    quotePrefix: preferences['compose.quotePrefix'],
    isSignatureCut: preferences['compose.stripSignatures'],
    hasMe: preferences['compose.includeMe'],
    cursor: preferences['compose.cursor'],
    signatureOn: preferences['compose.signatureOn'],
    signaturePlace: preferences['compose.signaturePlace'],
  };
}

function toSender({ id, address, bcc, replyTo, signature, signatureHtml }: Identity) {
  return { id, address, bcc, replyTo, signature: { text: signature, html: signatureHtml } };
}

/** Which addresses of a message are one's own: also details ("ada+list@…") and wildcards. */
async function ownershipOf(
  account: Owner,
  original: Original,
): Promise<(address: string) => boolean> {
  const named = [original.from, original.replyTo, original.to, original.cc, original.followUpTo]
    .flat()
    .map(({ address }) => address);
  const all = new Set([...named, ...original.deliveredTo].map((each) => each.toLowerCase()));
  const identities = await listIdentities(account);
  const own = new Set(identities.map(({ address }) => address));
  const delimiter = await readSetting('smtp.recipientDelimiter');
  const domains = new Set([...own].map((address) => splitAddress(address).domain));
  for (const address of [...all].slice(0, 300)) {
    const canonical = canonicalAddress(address);
    // Only what could be one's own costs a look into the database.
    if (!canonical || own.has(canonical) || !domains.has(splitAddress(canonical).domain)) continue;
    const { local, domain } = splitAddress(canonical);
    const base = `${stripDetail(local, delimiter).base}@${domain}`;
    if (own.has(base) || (await mayWriteAs(account, canonical))) own.add(address);
  }
  return (address) => own.has(address.toLowerCase());
}

async function chooseIdentity(
  account: Owner,
  original: Original,
  isOwn: (address: string) => boolean,
): Promise<Identity> {
  const [first] = await listIdentities(account);
  const address = findOwnAddress(original, isOwn) ?? first?.address;
  if (!address) throw new Refusal('not-found', 'There is no address to write from.');
  return findIdentity(account, '', address).catch(() => first!);
}

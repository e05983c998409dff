// What a browser sent as a message, checked: nothing of it is believed. Refusal with the field that is wrong.
import { Refusal } from '../../errors.ts';
import { canonicalAddress } from '../../mail/address.ts';
import { safeHeaderText } from '../../mail/header.ts';
import { isUid } from '../imap/uid-set.ts';
import { checkFolderPath, type Person } from '../list/message-list.ts';
import type { ComposeForm, Origin, Priority, Quote } from './form.ts';
import { findIdentity, type Identity } from './identities.ts';

export type Outgoing = Omit<ComposeForm, 'from' | 'identity'> & {
  from: Person;
  identity: Pick<Identity, 'id' | 'organization'>;
  /** Ids of uploads */
  attachments: string[];
  /** What the composer calls this message in all its versions; may be empty */
  draftId: string;
};

const maxRecipients = 500;
const maxTextLength = 2 * 1024 * 1024;
const maxOrigins = 50;
const messageIdPattern = /^<[^<>\s]{1,500}>$/;
const idPattern = /^[\w-]{24}$/;
type Fields = Record<string, unknown>;

/** Checks a message. Refusal 'invalid' or 'too-big' with the field, 'forbidden' for a sender that is not one's own. */
export async function readOutgoing(
  input: unknown,
  account: { id: string; address: string; displayName: string },
): Promise<Outgoing> {
  const fields = toFields(input);
  const identity = await findIdentity(account, toText(fields.identity), toText(fields.from));
  const outgoing: Outgoing = {
    from: { name: identity.name, address: identity.address },
    identity: { id: identity.id, organization: identity.organization },
    to: readPeople(fields.to, 'to'),
    cc: readPeople(fields.cc, 'cc'),
    bcc: readPeople(fields.bcc, 'bcc'),
    replyTo: readPeople(fields.replyTo, 'replyTo'),
    subject: safeHeaderText(toText(fields.subject)).slice(0, 2000),
    isHtml: fields.isHtml === true,
    text: readText(fields.text, 'text'),
    html: readText(fields.html, 'text'),
    quote: readQuote(fields.quote),
    priority: readPriority(fields.priority),
    wantsReadReceipt: fields.wantsReadReceipt === true,
    wantsDeliveryReceipt: fields.wantsDeliveryReceipt === true,
    keepBeside: fields.keepBeside === true,
    inReplyTo: readMessageIds([fields.inReplyTo])[0] ?? '',
    references: readMessageIds(toList(fields.references)).slice(-50),
    attachments: toList(fields.attachments)
      .filter((id): id is string => typeof id === 'string')
      .slice(0, 100),
    origin: readOrigin(fields.origin),
    draftId: /^[\w-]{8,64}$/.test(toText(fields.draftId)) ? toText(fields.draftId) : '',
  };
  const count = outgoing.to.length + outgoing.cc.length + outgoing.bcc.length;
  if (count > maxRecipients || outgoing.replyTo.length > maxRecipients)
    throw new Refusal('limit', `At most ${maxRecipients} recipients.`, 'to');
  return outgoing;
}

/** Refusal 'invalid' where there is no recipient or one that cannot be an address. */
export function checkRecipients(outgoing: Pick<Outgoing, 'to' | 'cc' | 'bcc' | 'replyTo'>): void {
  const all = [...outgoing.to, ...outgoing.cc, ...outgoing.bcc];
  if (all.length === 0) throw new Refusal('invalid', 'Add at least one recipient.', 'to');
  for (const person of [...all, ...outgoing.replyTo]) {
    if (canonicalAddress(person.address) === null) {
      throw new Refusal('invalid', `“${person.address.slice(0, 100)}” is not an address.`, 'to');
    }
  }
}

/** Envelope recipients, each once, canonical. */
export function listRecipients(outgoing: Pick<Outgoing, 'to' | 'cc' | 'bcc'>): string[] {
  const all = [...outgoing.to, ...outgoing.cc, ...outgoing.bcc];
  return [
    ...new Set(all.map((each) => canonicalAddress(each.address)).filter((each) => each !== null)),
  ];
}

function toFields(value: unknown): Fields {
  return (typeof value === 'object' && value !== null ? value : {}) as Fields;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function readText(value: unknown, field: string): string {
  const text = toText(value);
  if (text.length > maxTextLength) throw new Refusal('too-big', 'The text is too long.', field);
  return text.toWellFormed();
}

/** People out of JSON, as they were typed. Refusal 'invalid'. */
export function readPeople(value: unknown, field: string): Person[] {
  return toList(value)
    .slice(0, maxRecipients + 1)
    .map((each) => {
      const person = toFields(each);
      if (typeof person.address !== 'string' || person.address.length > 320) {
        throw new Refusal('invalid', 'A recipient is not an address.', field);
      }
      return {
        name: safeHeaderText(toText(person.name)).slice(0, 200),
        address: safeHeaderText(person.address).trim(),
      };
    });
}

function readMessageIds(values: unknown[]): string[] {
  return values.filter((id): id is string => typeof id === 'string' && messageIdPattern.test(id));
}

function readQuote(value: unknown): Quote | null {
  const { id, place } = toFields(value);
  if (typeof id !== 'string' || !idPattern.test(id)) return null;
  return { id, place: place === 'above' ? 'above' : 'below' };
}

function readPriority(value: unknown): Priority {
  return value === 'high' || value === 'low' ? value : 'normal';
}

/** An origin out of JSON, or null. */
export function readOrigin(value: unknown): Origin | null {
  const { kind, folder, uids } = toFields(value);
  const list = toList(uids).filter(isUid).slice(0, maxOrigins);
  if ((kind !== 'reply' && kind !== 'forward') || list.length === 0) return null;
  return { kind, folder: checkFolderPath(folder), uids: list };
}

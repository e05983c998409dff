// The bytes that a URL of CATENATE names (RFC 4469 §3): a message of a mailbox that the user may read, or a section
// of it. Reading sets no \Seen.
import { isRefusal } from '#lib/errors.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { readView } from '#server/store/journal.ts';
import { type RenderedMessage, readRendered } from '#server/store/read.ts';
import { type ImapUrl, parseImapUrl } from './imap-url.ts';
import { locateMailbox } from './locate.ts';
import { MessageSources } from './message-source.ts';
import type { Session } from './session.ts';
import { type Ending, no } from './wire/encode.ts';

/** The URL is none, or names nothing that this user may read. */
class BadUrl extends Error {
  readonly url: string;
  constructor(url: string) {
    super('bad URL');
    this.url = url;
  }
}

export function isBadUrl(error: unknown): error is BadUrl {
  return error instanceof BadUrl;
}

/** RFC 4469 §4: NO with the URL as it was written, as far as a response code can carry it. */
export function formatBadUrl({ url }: BadUrl): Ending {
  const told = url.replace(/[^\u0021-\u005c\u005e-\u007e]/g, '?').slice(0, 400) || '?';
  return no('The URL names no message that you may read', `BADURL ${told}`);
}

type Opened = { mailboxId: string; message: RenderedMessage; sources: MessageSources };

/** Reads the URLs of one command; the message that was read last is at hand for the next one. */
export class UrlParts {
  readonly #session: Session;
  #last: Opened | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The bytes that the URL names. Throws BadUrl. */
  async read(text: string): Promise<Buffer> {
    const url = parseImapUrl(text);
    const opened = url && (await this.#open(url));
    const bytes = opened && (await opened.sources.read(opened.message, url.section));
    if (!bytes) throw new BadUrl(text);
    if (!url.partial) return bytes;
    const { start, count } = url.partial;
    return bytes.subarray(start, count === null ? undefined : start + count);
  }

  async #open(url: ImapUrl): Promise<Opened | null> {
    const place = (await isOurs(this.#session, url)) ? await findPlace(this.#session, url) : null;
    if (!place) return null;
    const { accountId, mailboxId } = place;
    const last = this.#last;
    if (last?.mailboxId === mailboxId && last.message.uid === url.uid) return last;
    const [message] = await readRendered(accountId, mailboxId, [url.uid]);
    this.#last = message ? { mailboxId, message, sources: new MessageSources() } : null;
    return this.#last;
  }
}

async function isOurs(session: Session, { authority }: ImapUrl): Promise<boolean> {
  if (!authority) return true;
  const isUser = authority.user.toLowerCase() === session.account.address.toLowerCase();
  return isUser && authority.host === (await serverHostname()).toLowerCase();
}

type Place = { accountId: string; mailboxId: string };

/** The mailbox, where the message is in it; null else. */
async function findPlace(session: Session, url: ImapUrl): Promise<Place | null> {
  const { selection } = session;
  if (url.mailbox === null) {
    if (!selection || selection.isLost || selection.view.numberOf(url.uid) === 0) return null;
    return { accountId: selection.accountId, mailboxId: selection.mailboxId };
  }
  try {
    const { accountId, mailbox } = await locateMailbox(session, url.mailbox, 'r');
    if (url.uidValidity !== null && url.uidValidity !== mailbox.uidValidity) return null;
    const { roll } = await readView(accountId, mailbox.id);
    return roll.indexOf(url.uid) < 0 ? null : { accountId, mailboxId: mailbox.id };
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

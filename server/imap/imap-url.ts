// IMAP URLs (RFC 5092) as CATENATE writes them (RFC 4469 §3): they name a message of this session's user, or a
// section of it. Relative ones count from "imap://user@server/", in the selected state also from the mailbox. Pure.
import type { Section } from '#lib/mail/section.ts';
import { parseSection } from './fetch-item.ts';
import { Bad } from './wire/bad.ts';
import { Cursor, canonicalName } from './wire/cursor.ts';

export type ImapUrl = {
  /** null in a relative URL: this server, this user. */
  authority: { user: string; host: string } | null;
  /** null = the selected one. */
  mailbox: string | null;
  uidValidity: number | null;
  uid: number;
  section: Section;
  partial: { start: number; count: number | null } | null;
};

const limitLength = 4096;
const authorityPattern = /^imap:\/\/(?:([^/@]*)@)?([^/@]*)(?=\/)/i;
const pathPattern =
  /^(?:\/([^;]+?)(?:;UIDVALIDITY=([1-9]\d{0,9}))?\/|\/?);UID=([1-9]\d{0,9})(?:\/;SECTION=([^;]+?))?(?:\/;PARTIAL=(\d{1,10})(?:\.([1-9]\d{0,9}))?)?$/i;

/** The parts of a URL that names a message; null for any other URL, also for one that is authorized (RFC 4467). */
export function parseImapUrl(url: string): ImapUrl | null {
  if (url.length > limitLength || !/^[\u0021-\u007e]*$/.test(url)) return null;
  const head = authorityPattern.exec(url);
  const match = pathPattern.exec(url.slice(head?.[0].length ?? 0));
  if (!match || (!head && /^imap:/i.test(url))) return null;
  const [, box, uidValidity, uid, section, start, count] = match;
  // "imap://host/;UID=1" names no mailbox: an absolute URL does not know what is selected.
  if (head && box === undefined) return null;
  try {
    return {
      authority: head ? readAuthority(head[1] ?? '', head[2] ?? '') : null,
      mailbox: box === undefined ? null : readMailbox(box),
      uidValidity: uidValidity === undefined ? null : Number(uidValidity),
      uid: Number(uid),
      section: readSection(section),
      partial:
        start === undefined
          ? null
          : { start: Number(start), count: count === undefined ? null : Number(count) },
    };
  } catch (error) {
    // URIError: percent signs that are no UTF-8.
    if (error instanceof Bad || error instanceof URIError) return null;
    throw error;
  }
}

function readAuthority(userinfo: string, host: string): { user: string; host: string } {
  const user = decodeURIComponent(userinfo.replace(/;AUTH=.*$/i, ''));
  return { user, host: host.replace(/:\d+$/, '').toLowerCase() };
}

/** RFC 5092 §3: the name in UTF-8, percent-encoded. */
function readMailbox(text: string): string {
  const name = decodeURIComponent(text).normalize('NFC');
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) throw new Bad('Not a mailbox name');
  return canonicalName(name);
}

function readSection(text: string | undefined): Section {
  if (text === undefined) return { path: [], kind: 'ALL', fields: [] };
  const cursor = new Cursor([{ kind: 'text', text: `${decodeURIComponent(text)}]` }]);
  const section = parseSection(cursor);
  cursor.expect(']');
  cursor.expectEnd();
  return section;
}

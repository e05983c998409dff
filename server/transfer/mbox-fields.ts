// The header fields with which mbox programs keep what Maildir has in names: Status and X-Status (UW-IMAP, mutt,
// Dovecot), X-Keywords, X-UID, X-IMAP and X-IMAPbase (UIDVALIDITY), X-Mozilla-… (Thunderbird). They belong to
// the file, not to the message, and are taken out of it. Drey's own export writes them as one block at the top,
// so that a message's own fields of these names stay.
import { scanFields, unfold } from '#lib/mail/header.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { forwardedKeyword } from './maildir-name.ts';

export type Field = { key: string; value: string; start: number; end: number };

const names = new Set([
  'status',
  'x-status',
  'x-keywords',
  'x-uid',
  'x-imap',
  'x-imapbase',
  'content-length',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-mozilla-keys',
]);
const maxFieldBytes = 64 * 1024;

/** The fields of these programs in a header block, in order. */
export function readFields(header: Buffer): Field[] {
  const fields: Field[] = [];
  scanFields(header, (start, nameEnd, valueStart, end) => {
    if (nameEnd - start > 20 || nameEnd === start) return;
    const key = header.toString('latin1', start, nameEnd).toLowerCase();
    if (!names.has(key)) return;
    const raw = header.toString('latin1', valueStart, Math.min(end, valueStart + maxFieldBytes));
    fields.push({ key, value: unfold(raw), start, end });
    return;
  });
  return fields;
}

export type MboxFacts = {
  flags: number;
  keywords: string[];
  uid: number | null;
  uidValidity: number | null;
  lastUid: number | null;
  /** Deleted in Thunderbird, and still in the file until it is compacted. */
  isExpunged: boolean;
  /** The message in which UW-IMAP keeps what it needs. */
  isInternal: boolean;
};

const letters: Record<string, number> = {
  R: FLAG.seen,
  A: FLAG.answered,
  F: FLAG.flagged,
  D: FLAG.deleted,
  T: FLAG.draft,
};

/** What the fields say. */
export function readMboxFacts(fields: Field[], header: Buffer): MboxFacts {
  const value = (key: string) => fields.find((field) => field.key === key)?.value ?? '';
  let flags = 0;
  for (const letter of value('status') + value('x-status')) flags |= letters[letter] ?? 0;
  const keywords = [...splitWords(value('x-keywords')), ...splitWords(value('x-mozilla-keys'))];
  const mozilla = Number.parseInt(value('x-mozilla-status'), 16) || 0;
  if (mozilla & 0x0001) flags |= FLAG.seen;
  if (mozilla & 0x0002) flags |= FLAG.answered;
  if (mozilla & 0x0004) flags |= FLAG.flagged;
  if (mozilla & 0x1000) keywords.push(forwardedKeyword);
  const base = /^(\d{1,10}) (\d{1,10})/.exec(value('x-imapbase') || value('x-imap'));
  const uid = Number(/^\d{1,10}$/.exec(value('x-uid'))?.[0] ?? 0);
  return {
    flags,
    keywords,
    uid: uid > 0 && uid <= 0xffff_ffff ? uid : null,
    uidValidity: Number(base?.[1]) || null,
    lastUid: base ? Number(base[2]) : null,
    isExpunged: (mozilla & 0x0008) !== 0,
    isInternal:
      fields.some(({ key }) => key === 'x-imap') &&
      /^subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA/im.test(
        header.toString('latin1'),
      ),
  };
}

function splitWords(value: string): string[] {
  return value.split(/[ \t,]+/).filter((word) => word !== '');
}

/** The message without those fields. */
export function dropFields(bytes: Buffer, fields: Field[]): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  for (const { start, end } of fields) {
    kept.push(bytes.subarray(from, start));
    from = end;
  }
  return from === 0 ? bytes : Buffer.concat([...kept, bytes.subarray(from)]);
}

/** What Drey's export says of a message in its block. */
export type OwnFacts = {
  flags: number;
  keywords: string[];
  uid: number;
  popUid: string | null;
  internalDate: Date;
  /** Of the message itself, with its own line ends. */
  sizeBytes: number;
  isExact: boolean;
  lines: number;
};

/** The block at the top of a message in Drey's export; X-IMAPbase in the first one only. */
export function formatOwnBlock(facts: Omit<OwnFacts, 'lines'>, base: string | null): string {
  const { flags, keywords, uid, popUid, sizeBytes, isExact, internalDate } = facts;
  const state = ['A', 'F', 'D', 'T'].filter((letter) => (flags & letters[letter]!) !== 0);
  const lines = [
    ...(base ? [`X-IMAPbase: ${base}`] : []),
    `Status: ${(flags & FLAG.seen) !== 0 ? 'RO' : 'O'}`,
    `X-Status: ${state.join('')}`,
    `X-Keywords: ${keywords.join(' ')}`,
    `X-UID: ${uid}`,
    ...(popUid ? [`X-UIDL: ${popUid}`] : []),
  ];
  const kind = isExact ? 'exact' : 'lf';
  const own = `X-Drey-Export: ${lines.length} ${sizeBytes} ${kind} ${internalDate.getTime()}`;
  return `${[own, ...lines].join('\n')}\n`;
}

/** Reads and measures such a block; null where the message does not begin with one. */
export function readOwnBlock(bytes: Buffer): { facts: OwnFacts; end: number } | null {
  const top = bytes.toString('latin1', 0, Math.min(bytes.length, maxFieldBytes));
  const match = /^X-Drey-Export: (\d{1,2}) (\d{1,15}) (exact|lf) (-?\d{1,15})\n/.exec(top);
  if (!match) return null;
  let end = match[0].length;
  for (let line = 0; line < Number(match[1]); line++) {
    const newline = top.indexOf('\n', end);
    if (newline < 0) return null;
    end = newline + 1;
  }
  const { flags, keywords, uid } = readMboxFacts(
    readFields(bytes.subarray(0, end)),
    Buffer.alloc(0),
  );
  const facts = {
    flags,
    keywords,
    uid: uid ?? 0,
    popUid: /^X-UIDL: (\S+)$/m.exec(top.slice(0, end))?.[1] ?? null,
    internalDate: new Date(Number(match[4])),
    sizeBytes: Number(match[2]),
    isExact: match[3] === 'exact',
    lines: Number(match[1]),
  };
  return { facts, end };
}

// Delivery status notifications: multipart/report (RFC 3462), message/delivery-status (RFC 3464). All 7 bit
// but for a returned original. Text from remote servers is made harmless before it stands in any line.
import { isAscii } from './charset.ts';
import { formatDate } from './date.ts';
import { foldField, safeHeaderText } from './header.ts';
import { encodeQuotedPrintable } from './transfer.ts';

const MAX_RETURNED_BYTES = 50_000;
const MAX_DIAGNOSTIC = 1_000;

/** One recipient of the report; `status` is an enhanced code (5.1.1), `diagnostic` the remote answer as text. */
export type BounceRecipient = {
  recipient: string;
  /** Address that was written to, or the whole of ORCPT: "rfc822;ada@example.org" (RFC 3461 §4.2). */
  originalTo?: string | null;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  status: string;
  diagnostic?: string | null;
  remoteMta?: string | null;
  lastAttempt?: Date | null;
  /** For delayed mail: until when it will be tried. */
  retryUntil?: Date | null;
};

export type Bounce = {
  kind: 'failed' | 'delayed' | 'delivered';
  /** Address in From, usually MAILER-DAEMON@hostname. */
  from: string;
  to: string;
  hostname: string;
  originalHeader: Buffer;
  /** The whole message, when it should go back. */
  originalBytes?: Buffer | null;
  recipients: BounceRecipient[];
  envid?: string | null;
  arrival?: Date | null;
  now: Date;
  /** East of UTC, for all dates. */
  offsetMinutes?: number;
  /** A larger original goes back as its header alone. */
  maxReturnedBytes?: number;
  messageId: string;
  boundary: string;
};

/** Finished bytes of a bounce, a delay notice or a note of success. It is sent from the null sender, so it never bounces itself. */
export function composeBounce(bounce: Bounce): Buffer {
  const original = chooseOriginal(bounce);
  const boundary = makeBoundary(bounce.boundary, original.bytes);
  const is8Bit = !isAscii(original.bytes);
  const text = describe(bounce, original.isWhole);
  const isPlain = /^[\r\n -~]*$/.test(text);
  const head = [
    ...makeHeader(bounce, boundary, is8Bit),
    '\r\n',
    'This is a report about the delivery of a message, in MIME format.\r\n',
    `\r\n--${boundary}\r\n`,
    'Content-Type: text/plain; charset=utf-8\r\n',
    `Content-Transfer-Encoding: ${isPlain ? '7bit' : 'quoted-printable'}\r\n\r\n`,
  ].join('');
  const body = isPlain ? Buffer.from(text) : encodeQuotedPrintable(Buffer.from(text));
  const status = [
    `\r\n--${boundary}\r\n`,
    'Content-Description: Delivery report\r\n',
    'Content-Type: message/delivery-status\r\n\r\n',
    formatStatus(bounce),
    `\r\n--${boundary}\r\n`,
    `Content-Description: ${original.isWhole ? 'Returned message' : 'Header of the message'}\r\n`,
    `Content-Type: ${original.isWhole ? 'message/rfc822' : 'text/rfc822-headers'}\r\n`,
    is8Bit ? 'Content-Transfer-Encoding: 8bit\r\n' : '',
    '\r\n',
  ].join('');
  return Buffer.concat([
    Buffer.from(head),
    body,
    Buffer.from(status),
    original.bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

const subjects: Record<Bounce['kind'], string> = {
  failed: 'Your mail could not be delivered',
  delayed: 'Your mail is delayed',
  delivered: 'Your mail was delivered',
};

const openings: Record<Bounce['kind'], string[]> = {
  failed: [
    'Your message could not be delivered to the recipients below.',
    'It will not be tried again. If the address is right, please show',
    'the reason to the person you wrote to, on another way.',
  ],
  delayed: [
    'Your message could not be delivered yet to the recipients below.',
    'It will be tried again. THERE IS NOTHING FOR YOU TO DO: you get',
    'another notice only if it cannot be delivered in the end.',
  ],
  delivered: [
    'You asked to be told: your message arrived in the mailboxes of the',
    'recipients below, or was handed to a server that does not tell of',
    'its arrival. It does not say that anybody has read it.',
  ],
};

function makeHeader(bounce: Bounce, boundary: string, is8Bit: boolean): string[] {
  return [
    foldField('Date', formatDate(bounce.now, bounce.offsetMinutes)),
    foldField('From', `Mail Delivery System <${toAddress(bounce.from)}>`),
    foldField('To', `<${toAddress(bounce.to)}>`),
    foldField('Subject', subjects[bounce.kind]),
    foldField('Message-ID', bounce.messageId),
    // RFC 3834 §5: what answers automatically must not be answered automatically.
    foldField('Auto-Submitted', 'auto-replied'),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"\r\n`,
    is8Bit ? 'Content-Transfer-Encoding: 8bit\r\n' : '',
  ];
}

/** The whole message where it is small enough, else its header, cut at a line end. */
function chooseOriginal(bounce: Bounce): { bytes: Buffer; isWhole: boolean } {
  const whole = bounce.originalBytes;
  const mostBytes = bounce.maxReturnedBytes ?? MAX_RETURNED_BYTES;
  if (whole && whole.length <= mostBytes) return { bytes: whole, isWhole: true };
  const header = bounce.originalHeader;
  if (header.length <= MAX_RETURNED_BYTES) return { bytes: header, isWhole: false };
  const cut = header.subarray(0, MAX_RETURNED_BYTES);
  return { bytes: cut.subarray(0, cut.lastIndexOf(0x0a) + 1), isWhole: false };
}

/** A boundary that does not occur in the original (RFC 2046 §5.1.1). */
function makeBoundary(wanted: string, original: Buffer): string {
  const safe = wanted.replace(/[^A-Za-z0-9'()+_,./:=?-]/g, '').slice(0, 60) || 'report';
  let boundary = safe;
  for (let i = 1; original.includes(`--${boundary}`); i++) boundary = `${safe}-${i}`;
  return boundary;
}

/** The part for people: what happened, to whom, why, and what to do. */
function describe(bounce: Bounce, isWhole: boolean): string {
  const lines = [
    `This is the mail system at ${toLine(bounce.hostname)}.`,
    '',
    ...openings[bounce.kind],
    '',
  ];
  for (const entry of bounce.recipients) {
    const { address } = splitTyped(entry.originalTo ?? '');
    const alias = address && address !== entry.recipient ? address : null;
    lines.push(
      `  <${toAddress(entry.recipient)}>${alias ? ` (written to as <${toAddress(alias)}>)` : ''}`,
    );
    const reason = toLine(entry.diagnostic ?? '') || statusWords(entry);
    const said = entry.remoteMta ? `${toLine(entry.remoteMta)} said: ${reason}` : reason;
    lines.push(...wrapText(said, '      '), '');
  }
  lines.push(isWhole ? 'Your message is attached.' : 'The header of your message is attached.', '');
  return lines.join('\r\n');
}

function statusWords(entry: BounceRecipient): string {
  if (entry.action === 'delivered') return 'delivered into the mailbox';
  if (entry.action === 'relayed') return 'handed to the next server';
  return `status ${toStatus(entry)}`;
}

function wrapText(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > 76) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

/** RFC 3464 §2: fields about the message, then a group of fields for each recipient. */
function formatStatus(bounce: Bounce): string {
  const at = (date: Date) => formatDate(date, bounce.offsetMinutes);
  const groups = [
    [
      bounce.envid ? foldField('Original-Envelope-Id', toAscii(bounce.envid)) : '',
      foldField('Reporting-MTA', `dns; ${toAscii(bounce.hostname)}`),
      bounce.arrival ? foldField('Arrival-Date', at(bounce.arrival)) : '',
    ],
    ...bounce.recipients.map((entry) => [
      entry.originalTo ? foldField('Original-Recipient', formatTyped(entry.originalTo)) : '',
      foldField('Final-Recipient', formatTyped(`rfc822;${entry.recipient}`)),
      foldField('Action', entry.action),
      foldField('Status', toStatus(entry)),
      entry.remoteMta ? foldField('Remote-MTA', `dns; ${toAscii(entry.remoteMta)}`) : '',
      entry.diagnostic ? foldField('Diagnostic-Code', `smtp; ${toAscii(entry.diagnostic)}`) : '',
      entry.lastAttempt ? foldField('Last-Attempt-Date', at(entry.lastAttempt)) : '',
      entry.retryUntil ? foldField('Will-Retry-Until', at(entry.retryUntil)) : '',
    ]),
  ];
  return groups.map((fields) => fields.join('')).join('\r\n');
}

/** "type;address" as in ORCPT; without a type "rfc822". */
function splitTyped(text: string): { type: string; address: string } {
  const match = /^([a-z0-9-]{1,40});(.*)$/is.exec(text);
  return match
    ? { type: match[1]!.toLowerCase(), address: match[2]!.trim() }
    : { type: 'rfc822', address: text };
}

/** `rfc822; address`; Unicode addresses in the 7-bit form of RFC 6533 §3 (utf-8-addr-xtext). */
function formatTyped(text: string): string {
  const { type, address } = splitTyped(text);
  const safe = toAddress(address);
  if (/^[ -~]*$/.test(safe)) return `${type}; ${safe}`;
  const escaped = safe.replace(/[^!-~]|[\\+=]/gu, (character) => {
    return `\\x{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
  });
  return `utf-8; ${escaped}`;
}

function toStatus(entry: BounceRecipient): string {
  if (/^[245]\.\d{1,3}\.\d{1,3}$/.test(entry.status)) return entry.status;
  if (entry.action === 'failed') return '5.0.0';
  return entry.action === 'delayed' ? '4.0.0' : '2.0.0';
}

function toAddress(text: string): string {
  return safeHeaderText(text).replace(/[<>]/g, '').slice(0, 320);
}

function toLine(text: string): string {
  return safeHeaderText(text).slice(0, MAX_DIAGNOSTIC);
}

function toAscii(text: string): string {
  return toLine(text).replace(/[^ -~]/g, '?');
}

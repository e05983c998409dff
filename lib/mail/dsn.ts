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
  kind: 'failed' | 'delayed';
  /** Address in From, usually MAILER-DAEMON@hostname. */
  from: string;
  to: string;
  hostname: string;
  originalHeader: Buffer;
  /** The whole message, when it should go back; above 50,000 bytes only the header does. */
  originalBytes?: Buffer | null;
  recipients: BounceRecipient[];
  envid?: string | null;
  arrival?: Date | null;
  now: Date;
  messageId: string;
  boundary: string;
};

/** Finished bytes of a bounce or delay notice. It is sent from the null sender, so it never bounces itself. */
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

function makeHeader(bounce: Bounce, boundary: string, is8Bit: boolean): string[] {
  const subject =
    bounce.kind === 'failed' ? 'Your mail could not be delivered' : 'Your mail is delayed';
  return [
    foldField('Date', formatDate(bounce.now)),
    foldField('From', `Mail Delivery System <${toAddress(bounce.from)}>`),
    foldField('To', `<${toAddress(bounce.to)}>`),
    foldField('Subject', subject),
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
  if (whole && whole.length <= MAX_RETURNED_BYTES) return { bytes: whole, isWhole: true };
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
  const isFailed = bounce.kind === 'failed';
  const lines = [
    `This is the mail system at ${toLine(bounce.hostname)}.`,
    '',
    ...(isFailed
      ? [
          'Your message could not be delivered to the recipients below.',
          'It will not be tried again. If the address is right, please show',
          'the reason to the person you wrote to, on another way.',
        ]
      : [
          'Your message could not be delivered yet to the recipients below.',
          'It will be tried again. THERE IS NOTHING FOR YOU TO DO: you get',
          'another notice only if it cannot be delivered in the end.',
        ]),
    '',
  ];
  for (const entry of bounce.recipients) {
    const alias =
      entry.originalTo && entry.originalTo !== entry.recipient ? entry.originalTo : null;
    lines.push(
      `  <${toAddress(entry.recipient)}>${alias ? ` (written to as <${toAddress(alias)}>)` : ''}`,
    );
    const reason = toLine(entry.diagnostic ?? '') || `status ${toStatus(entry)}`;
    const said = entry.remoteMta ? `${toLine(entry.remoteMta)} said: ${reason}` : reason;
    lines.push(...wrapText(said, '      '), '');
  }
  lines.push(isWhole ? 'Your message is attached.' : 'The header of your message is attached.', '');
  return lines.join('\r\n');
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
  const groups = [
    [
      bounce.envid ? foldField('Original-Envelope-Id', toAscii(bounce.envid)) : '',
      foldField('Reporting-MTA', `dns; ${toAscii(bounce.hostname)}`),
      bounce.arrival ? foldField('Arrival-Date', formatDate(bounce.arrival)) : '',
    ],
    ...bounce.recipients.map((entry) => [
      entry.originalTo ? foldField('Original-Recipient', formatTyped(entry.originalTo)) : '',
      foldField('Final-Recipient', formatTyped(entry.recipient)),
      foldField('Action', entry.action),
      foldField('Status', toStatus(entry)),
      entry.remoteMta ? foldField('Remote-MTA', `dns; ${toAscii(entry.remoteMta)}`) : '',
      entry.diagnostic ? foldField('Diagnostic-Code', `smtp; ${toAscii(entry.diagnostic)}`) : '',
      entry.lastAttempt ? foldField('Last-Attempt-Date', formatDate(entry.lastAttempt)) : '',
      entry.retryUntil ? foldField('Will-Retry-Until', formatDate(entry.retryUntil)) : '',
    ]),
  ];
  return groups.map((fields) => fields.join('')).join('\r\n');
}

/** `rfc822;address`; Unicode addresses in the 7-bit form of RFC 6533 §3 (utf-8-addr-xtext). */
function formatTyped(address: string): string {
  const safe = toAddress(address);
  if (/^[ -~]*$/.test(safe)) return `rfc822; ${safe}`;
  const escaped = safe.replace(/[^!-~]|[\\+=]/gu, (character) => {
    return `\\x{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
  });
  return `utf-8; ${escaped}`;
}

function toStatus(entry: BounceRecipient): string {
  if (/^[245]\.\d{1,3}\.\d{1,3}$/.test(entry.status)) return entry.status;
  return entry.action === 'failed' ? '5.0.0' : '4.0.0';
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

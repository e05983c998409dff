// Header fields Drey itself writes: missing Date and Message-ID (RFC 6409 §8.1, §8.2), and the trace header
// (RFC 5321 §4.4). Nothing a stranger sent can end a line or open a comment in them.
import { formatDate } from './date.ts';
import { findField, foldField, parseHeaderFields, prependFields, splitHeader } from './header.ts';

export { foldField, safeHeaderText } from './header.ts';

/**
 * The message with Date and Message-ID, each added in front only where missing. `messageId` is the new id,
 * with or without brackets; an id without a domain gets `hostname`.
 */
export function ensureHeader(
  bytes: Buffer,
  { now, hostname, messageId }: { now: Date; hostname: string; messageId: string },
): Buffer {
  const fields = parseHeaderFields(splitHeader(bytes).header);
  const added: string[] = [];
  if (!findField(fields, 'date')) added.push(foldField('Date', formatDate(now)));
  if (!findField(fields, 'message-id')) {
    const id = toToken(messageId);
    added.push(
      foldField('Message-ID', `<${id.includes('@') ? id : `${id}@${toToken(hostname)}`}>`),
    );
  }
  if (added.length === 0) return bytes;
  // A body without any header at all: the empty line keeps it a body.
  return fields.length === 0 && splitHeader(bytes).bodyStart === bytes.length
    ? prependFields(bytes, [...added, '\r\n'])
    : prependFields(bytes, added);
}

/** What a Received field tells; everything but `hostname`, `protocol`, `id` and `now` may be missing. */
export type ReceivedFacts = {
  /** The name the client gave itself in HELO or EHLO. */
  helo?: string;
  /** Its IP address, and the name that resolves to it. */
  remote?: string;
  reverseName?: string;
  /** This server. */
  hostname: string;
  /** SMTP, ESMTP, ESMTPS, ESMTPA, ESMTPSA, LMTP, … (RFC 3848). */
  protocol: string;
  id: string;
  tls?: { version: string; cipher: string } | null;
  /** The one recipient of this copy; leave it out when there are several, they need not know each other. */
  recipient?: string;
  now: Date;
  /** East of UTC. */
  offsetMinutes?: number;
};

/** A finished Received field with CRLF (RFC 5321 §4.4). */
export function receivedField(facts: ReceivedFacts): string {
  const helo = toToken(facts.helo ?? '') || 'unknown';
  const remote = formatRemote(facts.remote ?? '');
  const reverse = toToken(facts.reverseName ?? '');
  const from = remote === '' ? '' : ` (${reverse === '' ? remote : `${reverse} ${remote}`})`;
  const lines = [
    `Received: from ${helo}${from}`,
    `by ${toToken(facts.hostname)} with ${toToken(facts.protocol)} id ${toToken(facts.id)}`,
  ];
  if (facts.tls) lines.push(`(${toToken(facts.tls.version)} ${toToken(facts.tls.cipher)})`);
  const recipient = toAddressToken(facts.recipient ?? '');
  if (recipient !== '') lines.push(`for <${recipient}>`);
  return `${lines.join('\r\n\t')};\r\n\t${formatDate(facts.now, facts.offsetMinutes)}\r\n`;
}

/** Address literal of the client: [192.0.2.1] or [IPv6:2001:db8::1] (RFC 5321 §4.1.3). */
function formatRemote(remote: string): string {
  const address = remote.replace(/[^0-9A-Fa-f:.]/g, '').slice(0, 60);
  if (address === '') return '';
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

/** Return-Path, written at final delivery (RFC 5321 §4.4); '' is the null sender. */
export function returnPathField(sender: string): string {
  return `Return-Path: <${toAddressToken(sender)}>\r\n`;
}

/** Delivered-To: the mailbox this copy went to, also what stops forwarding loops. */
export function deliveredToField(address: string): string {
  return `Delivered-To: ${toAddressToken(address)}\r\n`;
}

/** Any other trace field of ours, folded. */
export function traceField(name: string, value: string): string {
  return foldField(name, value);
}

/** Visible ASCII without what could open or close a comment, an address or a clause. */
function toToken(text: string): string {
  return text
    .replace(/[^!-~]/g, '')
    .replace(/[()<>;,\\"]/g, '')
    .slice(0, 255);
}

/** An address as it is, but for controls, blanks outside of sense and angle brackets. */
function toAddressToken(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f<>]/g, '')
    .slice(0, 320);
}

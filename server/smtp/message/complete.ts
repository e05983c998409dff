// What a submission server adds to and takes from a message's header (RFC 6409 §8).
import { now } from '#lib/clock.ts';
import { newId } from '#lib/id.ts';
import { ensureHeader } from '#lib/mail/compose.ts';
import { findField, foldField, parseHeaderFields, removeFields } from '#lib/mail/header.ts';

/** Bcc is for the sender's program alone (RFC 5322 §3.6.3); Return-Path is written at delivery only. */
const removed = ['Bcc', 'Resent-Bcc', 'Return-Path'];

/** The header with Date, Message-ID and From where they were missing, without Bcc. */
export function completeHeader(
  header: Buffer,
  { sender, hostname }: { sender: string; hostname: string },
): Buffer {
  const kept = removeFields(header, removed);
  const domain = sender.slice(sender.lastIndexOf('@') + 1) || hostname;
  const messageId = `${newId()}@${domain}`;
  const dated = ensureHeader(endHeader(kept), { now: now(), hostname, messageId });
  // RFC 5322 §3.6: From is not optional. The envelope sender has been proven to be the user's own.
  if (findField(parseHeaderFields(dated), 'from')) return dated;
  return Buffer.concat([Buffer.from(foldField('From', sender)), dated]);
}

/** A header that ends with its empty line, so that fields can stand before it. */
function endHeader(header: Buffer): Buffer {
  if (header.length === 0) return Buffer.from('\r\n');
  const text = header.toString('latin1', Math.max(0, header.length - 4));
  if (text === '\r\n' || text.endsWith('\r\n\r\n')) return header;
  return Buffer.concat([header, Buffer.from(text.endsWith('\r\n') ? '\r\n' : '\r\n\r\n')]);
}

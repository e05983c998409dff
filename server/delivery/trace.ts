// The trace header of a copy (RFC 5321 §4.4): what stands before the body in a mailbox or in the queue.
// The body is shared by all copies, so everything that differs between them is here.
import { deliveredToField, receivedField, returnPathField } from '#lib/mail/compose.ts';

/** How a message came to this server. */
export type Trace = {
  /** Our host name. */
  hostname: string;
  /** RFC 3848 and RFC 6531 §4.3 keyword: ESMTPSA, UTF8SMTP, …; "local" for a message made here. */
  protocol: string;
  /** What the client called itself, its IP address, and the name of that address; left out when made here. */
  helo?: string;
  remote?: string;
  reverseName?: string;
  tls?: { version: string; cipher: string } | null;
  receivedAt: Date;
  /** Of the zone that `receivedAt` is told in; without, UTC. */
  offsetMinutes?: number;
  /** The only recipient; left out where there are several, who need not know of each other. */
  recipient?: string;
  /** Finished fields with CRLF that checks added, such as Authentication-Results. */
  fields?: string[];
};

/** The Received field of this hop, after the fields that checks added. */
function arrivalOf(trace: Trace, traceId: string): string {
  const { receivedAt, fields = [], ...facts } = trace;
  return [...fields, receivedField({ ...facts, id: traceId, now: receivedAt })].join('');
}

/**
 * Prefix of a copy in a mailbox. Return-Path comes first (RFC 5321 §4.4); X-Original-To tells the owner of an
 * alias or catch-all which address was written to.
 */
export function mailboxPrefix(
  trace: Trace,
  copy: { traceId: string; sender: string; address: string; originalTo?: string },
): Buffer {
  return Buffer.from(copyFields(copy) + arrivalOf(trace, copy.traceId));
}

/** The same for a message that waited in the queue, behind the prefix it had there. */
export function mailboxPrefixAfter(
  queued: Uint8Array,
  copy: { sender: string; address: string; originalTo?: string },
): Buffer {
  return Buffer.concat([Buffer.from(copyFields(copy)), queued]);
}

function copyFields(copy: { sender: string; address: string; originalTo?: string }): string {
  const { sender, address, originalTo } = copy;
  const original =
    originalTo && originalTo !== address
      ? deliveredToField(originalTo).replace(/^Delivered-To/, 'X-Original-To')
      : '';
  return `${returnPathField(sender)}${original}${deliveredToField(address)}`;
}

/** Prefix of a copy in the queue. `aliases` are addresses here that lead outside: they stop a loop. */
export function queuePrefix(trace: Trace, traceId: string, aliases: string[]): Buffer {
  return Buffer.from(`${aliases.map(deliveredToField).join('')}${arrivalOf(trace, traceId)}`);
}

/** The same for what an alias here leads outside when the message has waited in the queue before. */
export function forwardPrefixAfter(queued: Uint8Array, alias: string): Buffer {
  return Buffer.concat([Buffer.from(deliveredToField(alias)), queued]);
}

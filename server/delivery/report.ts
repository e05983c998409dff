// Reports to the sender of a mail: non-delivery, delay and success (RFC 3464, RFC 3461). Composed and staged before the
// transaction, put in place inside the one that ends or keeps the recipients, so that a crash makes neither
// a second report nor none. The report's envelope sender is null, so nothing answers it.
import { resolveRecipient } from '#lib/accounts/route.ts';
import { now } from '#lib/clock.ts';
import type { Tx } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { type BounceRecipient, composeBounce } from '#lib/mail/dsn.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import { appendIn } from '#server/store/append.ts';
import { insertBlob, type StagedBody, stageBytes } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { mailboxPrefix, queuePrefix, type Trace } from './trace.ts';

export type ReportedMessage = {
  sender: string;
  traceId: string;
  envid: string;
  ret: string;
  /** RFC 8689. */
  isTlsRequired: boolean;
  createdAt: Date;
};

/** Where reports for a sender go. */
export type Destination = {
  /** The sender has a mailbox here. */
  isOwn: boolean;
  mailboxes: { accountId: string; address: string }[];
  /** Outside addresses. */
  outside: string[];
  /** Why there is nowhere to go, where there is not. */
  why: string;
};

/** Nobody is told; the trail keeps why. */
export function nowhere(why: string): Destination {
  return { isOwn: false, mailboxes: [], outside: [], why };
}

/** Where the sender is: here, outside, or nowhere. */
export async function findDestination(sender: string): Promise<Destination> {
  const none = nowhere('');
  if (sender === '') return nowhere('null-sender');
  const found = await resolveRecipient(sender, await readSetting('smtp.recipientDelimiter'));
  if (found.status === 'not-local') return { ...none, outside: [sender] };
  if (found.status !== 'local') return nowhere('unknown-sender');
  return {
    isOwn: found.mailboxes.length > 0,
    mailboxes: found.mailboxes,
    outside: found.forwards,
    why: '',
  };
}

/** RFC 3461 §4.1: success is told where it was asked for, and here only to own users (no backscatter). */
export function wantsSuccess(
  notify: string | undefined,
  mail: { sender: string; accountId: string | null },
): boolean {
  const words = notify?.toUpperCase().split(',') ?? [];
  return mail.accountId !== null && mail.sender !== '' && words.includes('SUCCESS');
}

export type Report = {
  message: ReportedMessage;
  destination: Destination;
  inboxes: { accountId: string; address: string; mailboxId: string }[];
  body: StagedBody;
  trace: Trace;
};

/** Composes and stages one report about some recipients of one message, to its sender unless told otherwise. */
export async function prepareReport(
  kind: 'failed' | 'delayed' | 'delivered',
  message: ReportedMessage,
  destination: Destination,
  recipients: BounceRecipient[],
  originalBytes: Buffer,
  to = message.sender,
): Promise<Report> {
  const hostname = await serverHostname();
  const offsetMinutes = await serviceOffset(now());
  const end = originalBytes.indexOf('\r\n\r\n');
  const isWhole =
    kind === 'failed' && message.ret.toUpperCase() !== 'HDRS' && !message.isTlsRequired;
  const bytes = composeBounce({
    kind,
    from: `MAILER-DAEMON@${hostname}`,
    to,
    hostname,
    originalHeader: end < 0 ? originalBytes : originalBytes.subarray(0, end + 4),
    // RFC 3461 §4.3: RET says what goes back of a mail that failed, else the header only; RFC 8689 §5: of a mail that
    // asks for TLS the header only.
    originalBytes: isWhole ? originalBytes : null,
    recipients,
    envid: message.envid,
    arrival: message.createdAt,
    now: now(),
    offsetMinutes,
    maxReturnedBytes: await readSetting('delivery.returnedBytes'),
    messageId: `<${newId()}@${hostname}>`,
    boundary: `report-${newId()}`,
  });
  const inboxes = await Promise.all(
    destination.mailboxes.map(async ({ accountId, address }) => ({
      accountId,
      address,
      mailboxId: await findInbox(accountId),
    })),
  );
  return {
    message,
    destination,
    inboxes: inboxes.filter((inbox) => inbox.mailboxId !== ''),
    body: await stageBytes(bytes),
    trace: { hostname, protocol: 'local', receivedAt: now(), offsetMinutes },
  };
}

async function findInbox(accountId: string): Promise<string> {
  const known = await findMailbox(accountId, 'INBOX');
  if (known) return known.id;
  await ensureMailboxes(accountId);
  return (await findMailbox(accountId, 'INBOX'))?.id ?? '';
}

/** Puts the report into mailboxes and queue, inside the caller's step. A full mailbox loses it, noted. */
export async function insertReport(tx: Tx, report: Report): Promise<void> {
  const { body, trace, message, destination } = report;
  const event = { traceId: message.traceId, sender: '', text: body.facts.subject };
  for (const { accountId, address, mailboxId } of report.inboxes) {
    const prefix = mailboxPrefix(trace, { traceId: message.traceId, sender: '', address });
    const copy = { body, prefix, flags: 0, keywords: [], internalDate: trace.receivedAt };
    try {
      await appendIn(tx, accountId, mailboxId, copy);
      await recordEventIn(tx, { ...event, kind: 'delivered', accountId, recipient: address });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const refused = { kind: 'dropped' as const, accountId, recipient: address };
      await recordEventIn(tx, { ...event, ...refused, reason: error.reason });
    }
  }
  if (destination.outside.length === 0) return;
  const prefix = queuePrefix(trace, message.traceId, []);
  await enqueue(tx, {
    blobId: await insertBlob(tx, body),
    prefix,
    sizeBytes: prefix.length + body.sizeBytes,
    sender: '',
    accountId: null,
    recipients: destination.outside.map((recipient) => ({ recipient })),
    // RFC 8689 §5: protected like what it tells of.
    isTlsRequired: message.isTlsRequired,
    traceId: message.traceId,
  });
  for (const recipient of destination.outside) {
    await recordEventIn(tx, { ...event, kind: 'queued', recipient });
  }
}

/** After the commit: wakes those who wait for what insertReport made. */
export function pokeReport(report: Report): void {
  for (const { accountId, mailboxId } of report.inboxes) pokeMailbox(accountId, mailboxId);
  if (report.destination.outside.length > 0) poke('queue');
}

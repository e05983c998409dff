// The mail transaction behind MAIL, RCPT and DATA: runs the checks of each stage, keeps what they accepted,
// and hands the message over. Knows nothing of sockets; connection.ts brings the commands and the replies.
import { listDomains } from '#lib/accounts/domain.ts';
import { isTrustedAddress } from '#lib/accounts/network.ts';
import { type Resolution, resolveRecipient } from '#lib/accounts/route.ts';
import { now } from '#lib/clock.ts';
import { newId } from '#lib/id.ts';
import { canonicalAddress, splitAddress, toAsciiDomain } from '#lib/mail/address.ts';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { type Delivery, deliver, type RemoteCopy } from '#server/delivery/local.ts';
import { messagesReceived } from '#server/metrics/index.ts';
import { type Outcome, runChecks } from './checks/index.ts';
import { completeHeader } from './complete.ts';
import { takeIn } from './intake.ts';
import { tellRefusal } from './refusals.ts';
import { type Reply, verdictOfError } from './replies.ts';
import type { Client, Recipient, Transaction } from './session.ts';
import { removeForgedResults } from './trust/forged.ts';
import type { Refused } from './verdict.ts';

type Parameters = Record<string, string | true>;

/** MAIL: the transaction that begins, or the reply that refuses it. */
export async function beginTransaction(
  client: Client,
  address: string,
  parameters: Parameters,
): Promise<{ transaction: Transaction } | { reply: Reply }> {
  const settings = await readSettings();
  const sender = address === '' ? '' : canonicalAddress(address);
  const { verdict } = await runChecks('mail', { client, settings, sender, parameters });
  if (verdict.outcome === 'refuse') {
    return { reply: tellRefusal('mail', client, verdict, { sender: address }) };
  }
  const transaction: Transaction = {
    traceId: newId(),
    sender: wireAddress(address),
    isSmtpUtf8: parameters.SMTPUTF8 === true,
    declaredBytes: Number(parameters.SIZE ?? 0),
    recipients: new Map(),
    settings,
  };
  return { transaction };
}

/** RCPT: null when the recipient is accepted. Settings, networks and aliases are read anew each time. */
export async function addRecipient(
  client: Client,
  transaction: Transaction,
  written: string,
  parameters: Parameters,
): Promise<Reply | null> {
  const settings = await readSettings();
  // RFC 5321 §4.5.1: "postmaster" without a domain is always a recipient.
  const address =
    written.toLowerCase() === 'postmaster' ? await postmasterAddress(settings) : written;
  const recipient = canonicalAddress(address);
  const resolution = await resolve(recipient, settings);
  const { verdict } = await runChecks('rcpt', {
    client,
    settings,
    transaction,
    recipient,
    parameters,
    resolution,
    isTrusted: () => isTrustedAddress(client.remote),
  });
  if (verdict.outcome === 'refuse') {
    const { traceId, sender } = transaction;
    return tellRefusal('rcpt', client, verdict, { traceId, sender, recipient: written });
  }
  transaction.recipients.set(recipient as string, toRecipient(wireAddress(address), resolution));
  return null;
}

async function resolve(recipient: string | null, settings: Settings): Promise<Resolution> {
  if (recipient === null) return { status: 'unknown' };
  return resolveRecipient(recipient, settings['smtp.recipientDelimiter']);
}

function toRecipient(address: string, resolution: Resolution): Recipient {
  if (resolution.status !== 'local') return { address, mailboxes: [], remote: [address] };
  return { address, mailboxes: resolution.mailboxes, remote: resolution.forwards };
}

/** The oldest domain here answers for the server; before there is one, nobody does. */
async function postmasterAddress(settings: Settings): Promise<string> {
  const enabled = (await listDomains()).filter((domain) => !domain.isDisabled);
  const oldest = enabled.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  return `postmaster@${oldest?.name ?? (settings['server.hostname'] || 'localhost')}`;
}

/** The local part as it was written (RFC 5321 §2.4), the domain as A-label. */
function wireAddress(address: string): string {
  const { local, domain } = splitAddress(address);
  return domain === '' ? address : `${local}@${toAsciiDomain(domain) ?? domain}`;
}

export type Received = { traceId: string };

/**
 * DATA: reads the stream to its end, decides, delivers. Resolves after the message is durable, or with the
 * reply that refuses it. Throws only when the connection broke before the end of the message.
 */
export async function receiveMessage(
  client: Client,
  transaction: Transaction,
  stream: AsyncIterable<Buffer>,
): Promise<{ received: Received } | { reply: Reply; isFlood?: boolean }> {
  const { settings } = transaction;
  const { hostname } = client;
  const intake = await takeIn(stream, {
    limitBytes: settings['smtp.messageSizeBytes'],
    mendsNewlines: client.isSubmission,
    complete: (header) => {
      const honest = removeForgedResults(header, hostname);
      if (!client.isSubmission) return honest;
      return completeHeader(honest, { sender: transaction.sender, hostname });
    },
  });
  if (intake.refused) {
    return { ...refuseMessage(client, transaction, intake.refused), isFlood: intake.isFlood };
  }
  const outcome = await runChecks('data', {
    client,
    settings,
    transaction,
    fields: parseHeaderFields(intake.header),
    hasBareNewline: intake.hasBareNewline,
    body: intake.body,
  });
  if (outcome.verdict.outcome === 'refuse') {
    return refuseMessage(client, transaction, outcome.verdict);
  }
  try {
    const described = await describe(client, transaction, outcome);
    await deliver({ ...described, body: intake.body });
  } catch (error) {
    return refuseMessage(client, transaction, verdictOfError(error));
  }
  messagesReceived.inc({ result: outcome.isJunk ? 'junk' : 'accepted' });
  return { received: { traceId: transaction.traceId } };
}

function refuseMessage(client: Client, transaction: Transaction, verdict: Refused) {
  const { traceId, sender, recipients } = transaction;
  const recipient = [...recipients.values()][0]?.address ?? '';
  const reply = tellRefusal('data', client, verdict, { traceId, sender, recipient });
  messagesReceived.inc({ result: reply.code < 500 ? 'deferred' : 'refused' });
  return { reply };
}

/** Everything about the delivery but its body. */
async function describe(
  client: Client,
  transaction: Transaction,
  outcome: Outcome,
): Promise<Omit<Delivery, 'body'>> {
  const recipients = [...transaction.recipients.entries()];
  const mailboxes = recipients.flatMap(([canonical, { mailboxes }]) =>
    mailboxes.map((mailbox) => ({ ...mailbox, originalTo: canonical })),
  );
  const remote = recipients.flatMap(([canonical, recipient]) =>
    recipient.remote.map(
      (address): RemoteCopy =>
        address === recipient.address
          ? { recipient: address }
          : { recipient: address, alias: canonical },
    ),
  );
  const only = recipients.length === 1 ? recipients[0]?.[1].address : undefined;
  const [version = '', cipher = ''] = client.tls?.split(' ') ?? [];
  return {
    sender: transaction.sender,
    accountId: client.account?.id ?? null,
    mailboxes,
    remote,
    traceId: transaction.traceId,
    isJunk: outcome.isJunk,
    isSmtpUtf8: transaction.isSmtpUtf8,
    trace: {
      hostname: client.hostname,
      // RFC 6531 §4.3 and RFC 3848: UTF8SMTP, UTF8SMTPS, UTF8SMTPSA.
      protocol: transaction.isSmtpUtf8
        ? client.protocol.replace(/^ESMTP/, 'UTF8SMTP')
        : client.protocol,
      helo: client.helo,
      remote: client.remote,
      reverseName: (await client.findReverseName()) ?? undefined,
      tls: client.tls ? { version, cipher } : null,
      receivedAt: now(),
      recipient: only,
      fields: outcome.fields,
    },
  };
}

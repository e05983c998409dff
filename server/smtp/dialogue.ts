// The mail transaction behind MAIL, RCPT and DATA: runs the checks of each stage, keeps what they accepted,
// and hands the message over. Knows nothing of sockets; connection.ts brings the commands and the replies.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import { postmasterAddress } from '#lib/accounts/postmaster.ts';
import { resolveRecipient } from '#lib/accounts/route.ts';
import { newTraceId } from '#lib/id.ts';
import { canonicalAddress, splitAddress, toAsciiDomain } from '#lib/mail/address.ts';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { recordEvent } from '#lib/trail/record.ts';
import { deliver } from '#server/delivery/local.ts';
import { type MessageClass, messagesReceived } from '#server/metrics/index.ts';
import { observeStage } from '#server/metrics/timing.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import { runChecks } from './checks/index.ts';
import { copyMarks, joinMarks, newMarks } from './marks.ts';
import { addDomain } from './message/add-domain.ts';
import { completeHeader } from './message/complete.ts';
import { planDelivery, toRecipient } from './message/destination.ts';
import { countForReport } from './message/dmarc-count.ts';
import { type Intake, type Taken, takeIn } from './message/intake.ts';
import { openReportAddress, takeReports } from './message/reports.ts';
import { readHeaderRewriter, resolveRewritten } from './message/rewrite.ts';
import { tellRefusal } from './refusals.ts';
import { type Reply, verdictOfError } from './replies.ts';
import type { Client, Recipient, Transaction } from './session.ts';
import { removeForgedResults } from './trust/forged.ts';
import type { Refused } from './verdict.ts';
import { readMailParameters, readRcptParameters } from './wire/parameters.ts';
import type { Parameters } from './wire/path.ts';

/** MAIL: the transaction that begins, or the reply that refuses it. */
export async function beginTransaction(
  client: Client,
  written: string,
  parameters: Parameters,
  marks = copyMarks(client.marks),
): Promise<{ transaction: Transaction } | { reply: Reply }> {
  const settings = await readSettings();
  const address = await addDomain(written, client, settings);
  const sender = address === '' ? '' : canonicalAddress(address);
  const refused = await runChecks('mail', { client, settings, marks, sender, parameters });
  if (refused) return { reply: tellRefusal('mail', client, refused, { sender: address }) };
  const asked = readMailParameters(client, settings, parameters);
  if ('outcome' in asked) return { reply: tellRefusal('mail', client, asked, { sender: address }) };
  const transaction: Transaction = {
    traceId: newTraceId(),
    sender: wireAddress(address),
    ...asked,
    recipients: new Map(),
    accepted: [],
    settings,
    marks,
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
    written.toLowerCase() === 'postmaster'
      ? await postmasterAddress(settings)
      : await addDomain(written, client, settings);
  const recipient = canonicalAddress(address);
  const { resolution: found, relayTo } = await resolveRewritten(recipient, settings);
  const resolution = openReportAddress(recipient, found, settings);
  const marks = newMarks();
  marks.isWelcome = transaction.marks.isWelcome;
  const refused = await runChecks('rcpt', {
    client,
    settings,
    marks,
    transaction,
    recipient,
    parameters,
    resolution,
    isTrusted: () => isTrustedAddress(client.remote),
  });
  if (refused) {
    const { traceId, sender } = transaction;
    joinMarks(transaction.marks, { ...newMarks(), steps: marks.steps });
    return tellRefusal('rcpt', client, refused, { traceId, sender, recipient: written });
  }
  joinMarks(transaction.marks, marks);
  const accepted = marks.redirectTo
    ? await redirectRecipient(marks.redirectTo, settings)
    : toRecipient(relayTo ?? wireAddress(address), resolution);
  // Of a report address without a mailbox: it is only read.
  const leadsNowhere = accepted.mailboxes.length + accepted.remote.length === 0;
  accepted.isDiscarded = marks.isDiscarded || leadsNowhere;
  const asked = readRcptParameters(client, parameters);
  if (!('outcome' in asked)) Object.assign(accepted, asked);
  transaction.recipients.set(recipient as string, accepted);
  transaction.accepted.push(recipient as string);
  return null;
}

async function redirectRecipient(to: string, settings: Settings): Promise<Recipient> {
  return toRecipient(to, await resolveRecipient(to, settings['smtp.recipientDelimiter']));
}

/** The local part as it was written (RFC 5321 §2.4), the domain as A-label. */
function wireAddress(address: string): string {
  const { local, domain } = splitAddress(address);
  return domain === '' ? address : `${local}@${toAsciiDomain(domain) ?? domain}`;
}

export type Received = { traceId: string };
type NotReceived = { reply: Reply; isFlood?: boolean };

/**
 * DATA: reads the stream to its end, decides, delivers. Resolves after the message is durable, or with the
 * reply that refuses it. Throws only when the connection broke before the end of the message.
 */
export async function receiveMessage(
  client: Client,
  transaction: Transaction,
  stream: AsyncIterable<Buffer>,
): Promise<{ received: Received } | NotReceived> {
  const taken = await takeMessage(client, transaction, stream);
  if ('reply' in taken) return taken;
  try {
    await handOver(client, transaction, taken.body);
  } catch (error) {
    return refuseMessage(client, transaction, verdictOfError(error));
  }
  return { received: { traceId: transaction.traceId } };
}

/** Reads the stream to its end and decides; the body, staged, or the reply that refuses it. */
export async function takeMessage(
  client: Client,
  transaction: Transaction,
  stream: AsyncIterable<Buffer>,
): Promise<Taken | NotReceived> {
  const startedMs = performance.now();
  const intake = await readMessage(client, transaction, stream);
  const readMs = performance.now();
  observeStage('receive', readMs - startedMs);
  if (intake.refused) {
    return { ...refuseMessage(client, transaction, intake.refused), isFlood: intake.isFlood };
  }
  const refused = await judgeMessage(client, transaction, intake);
  observeStage('checks', performance.now() - readMs);
  const answer = refused ? refuseMessage(client, transaction, refused) : intake;
  // What is refused for now comes again.
  if (!('reply' in answer) || answer.reply.code >= 500)
    countForReport(client, transaction, refused);
  return answer;
}

/** Delivers what was taken, to everybody or nobody. Throws what delivery throws. */
export async function handOver(
  client: Client,
  transaction: Transaction,
  body: StagedBody,
): Promise<void> {
  await takeReports(transaction, body);
  const planned = await planDelivery(client, transaction);
  const startedMs = performance.now();
  if (planned) await deliver({ ...planned, body });
  else noteThrownAway(client, transaction);
  observeStage('store', performance.now() - startedMs);
  const result = transaction.marks.isJunk ? 'junk' : 'accepted';
  messagesReceived.inc({ result, class: classOf(client) });
}

/** Reads the message and stages it as it shall be stored. */
export async function readMessage(
  client: Client,
  { settings, sender }: Transaction,
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<Intake> {
  const { hostname, isSubmission } = client;
  const rewrite = await readHeaderRewriter(client, settings);
  return takeIn(stream, {
    limitBytes: settings['smtp.messageSizeBytes'],
    mendsNewlines: isSubmission,
    complete: (header) => {
      const honest = removeForgedResults(header, hostname);
      return rewrite(isSubmission ? completeHeader(honest, { sender, hostname }) : honest);
    },
  });
}

/** The checks of a whole message; the refusal, or null. What they want done is in the transaction's marks. */
export function judgeMessage(
  client: Client,
  transaction: Transaction,
  { header, body, hasBareNewline }: Taken,
): Promise<Refused | null> {
  const { settings, marks } = transaction;
  const fields = parseHeaderFields(header);
  return runChecks('data', { client, settings, marks, transaction, fields, hasBareNewline, body });
}

/** A rule wants nobody to get it: the trail alone keeps that it was here. */
function noteThrownAway(client: Client, transaction: Transaction): void {
  const { traceId, sender, marks } = transaction;
  const why = marks.steps.find(({ outcome }) => outcome === 'discard');
  recordEvent({
    traceId,
    kind: 'dropped',
    sender,
    recipient: [...transaction.recipients.keys()][0] ?? '',
    remote: client.remote,
    reason: why?.reason ?? 'rule',
    text: why?.note ?? '',
  });
}

/** Tells and counts a refusal of the whole message. */
export function refuseMessage(client: Client, transaction: Transaction, verdict: Refused) {
  const { traceId, sender, recipients } = transaction;
  const recipient = [...recipients.values()][0]?.address ?? '';
  const reply = tellRefusal('data', client, verdict, { traceId, sender, recipient });
  const result = reply.code < 500 ? 'deferred' : 'refused';
  messagesReceived.inc({ result, class: classOf(client) });
  return { reply };
}

function classOf({ isSubmission, listener }: Client): MessageClass {
  if (isSubmission) return 'submission';
  return listener === 'lmtp' ? 'local' : 'inbound';
}

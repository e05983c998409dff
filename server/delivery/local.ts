// Delivery: one message into mailboxes here and into the queue for addresses outside, in one step. Deliveries
// that wait at the same time share the step and its statements.
//
// What is held or scheduled goes into the queue whole (delayed.ts). Mail of users is counted in the same step
// (lib/accounts/sending-ledger.ts), which costs mail from strangers nothing.
//
// Invariants: when deliver() resolves, every copy is durable, and when it throws there is none; pokes come
// after the commit. Whoever answers "250" does so after that.
import {
  BurstNoticed,
  type Counted,
  countSubmissions,
  newRecipientReason,
} from '#lib/accounts/sending-ledger.ts';
import { now } from '#lib/clock.ts';
import { type Tx, writeTogether } from '#lib/db.ts';
import { isRefusal, type Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { enqueue, type QueuedRecipient } from '#lib/queue/enqueue.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { insertBlob, readStaged } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { findArrivals } from './arrival.ts';
import { holdReasonOf, isDelayed, listWaiting, markJunk } from './delayed.ts';
import type { Delivery, LocalCopy } from './delivery.ts';
import { type HoldNotice, insertHold, pokeHold, prepareHoldNotice } from './hold-notice.ts';
import {
  findDestination,
  insertReport,
  pokeReport,
  prepareReport,
  type Report,
  wantsSuccess,
} from './report.ts';
import { mailboxPrefix, queuePrefix } from './trace.ts';

export type { Delivery, LocalCopy, RemoteCopy } from './delivery.ts';

type Target = LocalCopy & { mailboxId: string };
type Planned = Delivery & {
  targets: Target[];
  /** Of a user's mail: what it is counted by, else null. */
  settings: Settings | null;
  /** What tells the sender that it arrived in mailboxes here, where he asked for that. */
  success: Report | null;
  /** What tells of a hold, where this mail makes one. */
  notice: HoldNotice | null;
};

const storeTogether = writeTogether<Planned, Planned>(storeAll);

/**
 * Delivers to every mailbox (once to each, whatever the number of addresses that lead there) and queues for
 * every outside address. Refusal 'over-quota' when one mailbox is full: then nobody has got a copy; 'throttled' when
 * the user who submitted it has sent as much as he may.
 */
export async function deliver(delivery: Delivery): Promise<void> {
  const stored = await store(await plan(delivery));
  const isWaiting = isDelayed(stored, now());
  if (!isWaiting)
    for (const { accountId, mailboxId } of stored.targets) pokeMailbox(accountId, mailboxId);
  if (stored.success && !isWaiting) pokeReport(stored.success);
  if (stored.notice) pokeHold(stored.notice);
  if (stored.remote.length > 0 || isWaiting) poke('queue');
}

async function plan(delivery: Delivery): Promise<Planned> {
  const targets = await findTargets(delivery);
  const remote = [...new Map(delivery.remote.map((copy) => [copy.recipient, copy])).values()];
  if (targets.length + remote.length === 0) throw new Error('A delivery needs a recipient');
  return {
    ...delivery,
    remote,
    targets,
    settings: delivery.accountId === null ? null : await readSettings(),
    success: await prepareSuccess(delivery, targets),
    notice: null,
  };
}

/** A burst is noticed inside the step, where no letter can be written: once more with the letters. */
async function store(planned: Planned): Promise<Planned> {
  try {
    return await storeTogether(planned);
  } catch (error) {
    if (!(error instanceof BurstNoticed) || planned.accountId === null) throw error;
    const notice = await prepareHoldNotice(planned.accountId, error.why);
    return storeTogether({ ...planned, notice });
  }
}

async function prepareSuccess(delivery: Delivery, targets: Target[]): Promise<Report | null> {
  const wanting = targets.filter(({ notify }) => wantsSuccess(notify, delivery));
  if (wanting.length === 0 || isDelayed(delivery, now())) return null;
  const { body, sender, traceId, envid = '', ret = '', trace, isTlsRequired = false } = delivery;
  const message = {
    ...{ sender, traceId, envid, ret, isTlsRequired },
    createdAt: trace.receivedAt,
  };
  const about = wanting.map(({ address, orcpt, originalTo }) => ({
    recipient: address,
    originalTo: orcpt || (originalTo && originalTo !== address ? originalTo : null),
    action: 'delivered' as const,
    status: '2.0.0',
  }));
  const destination = await findDestination(sender);
  return prepareReport('delivered', message, destination, about, await readStaged(body));
}

/** Deliveries that waited together: copies, queue rows and events of all that are not refused. */
async function storeAll(tx: Tx, deliveries: Planned[]): Promise<(Planned | Error)[]> {
  const judged = await countUsers(tx, deliveries);
  const at = now();
  const outcomes = await appendAllIn(
    tx,
    judged.map((one) =>
      one instanceof Error || isDelayed(one, at)
        ? []
        : one.targets.map((target) => makeCopy(one, target)),
    ),
  );
  const events: NewEvent[] = [];
  const results: (Planned | Error)[] = [];
  for (const [index, delivery] of judged.entries()) {
    const stored = outcomes[index];
    if (delivery instanceof Error || !Array.isArray(stored)) {
      results.push(delivery instanceof Error ? delivery : (stored as Refusal));
      continue;
    }
    results.push(delivery);
    const { targets, remote, success, notice } = delivery;
    const isWaiting = isDelayed(delivery, at);
    const waiting = isWaiting ? listWaiting(delivery) : [];
    events.push(
      describeArrival(delivery, isWaiting ? waiting.length : targets.length + remote.length),
    );
    if (isWaiting) {
      await insertQueued(tx, delivery, waiting, []);
      events.push(...waiting.map((row) => describeWaiting(delivery, row)));
    } else {
      events.push(...targets.map((target, at) => describeCopy(delivery, target, stored[at]!.uid)));
      if (remote.length > 0) events.push(...(await insertRemote(tx, delivery)));
      if (success) await insertReport(tx, success);
    }
    if (notice) await insertHold(tx, notice);
  }
  // Last, since they are logged at once.
  await recordEventsIn(tx, events);
  return results;
}

type Judged = Planned & { counted?: Counted };

/** Mail of users as it is to be stored: held where the user is held, or an error where it is refused. */
async function countUsers(tx: Tx, deliveries: Planned[]): Promise<(Judged | Error)[]> {
  const counted = deliveries.filter(({ settings }) => settings !== null);
  if (counted.length === 0) return deliveries;
  const outcomes = await countSubmissions(
    tx,
    counted.map(({ accountId, remote, secret = [], notice }) => ({
      accountId: accountId as string,
      outside: remote.map(({ recipient }) => recipient).filter((one) => !secret.includes(one)),
      mayHold: notice !== null,
    })),
    counted[0]!.settings as Settings,
  );
  return deliveries.map((delivery) => {
    const index = counted.indexOf(delivery);
    const outcome = index < 0 ? null : outcomes[index];
    if (!outcome) return delivery;
    if (outcome instanceof BurstNoticed || isRefusal(outcome)) return outcome;
    const { hold, burst } = outcome;
    const notice = burst ? delivery.notice : null;
    return { ...delivery, notice, counted: outcome, heldFor: hold || delivery.heldFor };
  });
}

/** The mailbox of each account, found before the transaction, one an account. */
async function findTargets({ mailboxes, isJunk = false }: Delivery): Promise<Target[]> {
  const copies = [...new Map(mailboxes.map((copy) => [copy.accountId, copy])).values()];
  const ids = await findArrivals(
    copies.map(({ accountId }) => accountId),
    isJunk,
  );
  return copies.map((copy) => ({ ...copy, mailboxId: ids.get(copy.accountId) as string }));
}

function describeArrival(delivery: Delivery, recipients: number): NewEvent {
  const { body, sender, accountId, trace, traceId } = delivery;
  return {
    traceId,
    kind: 'received',
    accountId,
    sender,
    remote: trace.remote ?? '',
    text: body.facts.subject,
    messageId: body.facts.messageId,
    detail: {
      helo: trace.helo,
      reverseName: trace.reverseName,
      protocol: trace.protocol,
      sizeBytes: body.sizeBytes,
      messageId: body.facts.messageId,
      recipients,
      findings: delivery.findings,
      secret: delivery.secret?.length ? delivery.secret : undefined,
    },
  };
}

function makeCopy({ body, sender, traceId, trace }: Delivery, target: Target): NewCopy {
  const { accountId, mailboxId, address, originalTo } = target;
  const prefix = mailboxPrefix(trace, { traceId, sender, address, originalTo });
  const internalDate = trace.receivedAt;
  return { accountId, mailboxId, body, prefix, flags: 0, keywords: [], internalDate };
}

function describeCopy(
  { traceId, sender, isJunk }: Delivery,
  target: Target,
  uid: number,
): NewEvent {
  const { accountId, mailboxId, address, originalTo } = target;
  return {
    traceId,
    kind: 'delivered',
    accountId,
    sender,
    recipient: originalTo ?? address,
    text: originalTo && originalTo !== address ? `to the mailbox of ${address}` : '',
    detail: { mailboxId, uid, isJunk },
  };
}

/** Rows of the addresses outside. */
async function insertRemote(tx: Tx, delivery: Judged): Promise<NewEvent[]> {
  const { remote, sender, accountId, traceId, counted } = delivery;
  const aliases = [...new Set(remote.flatMap(({ alias }) => (alias ? [alias] : [])))];
  const rows = remote.map(({ recipient, originalTo, notify }) => ({
    recipient,
    originalTo,
    notify,
  }));
  await insertQueued(tx, delivery, rows, aliases);
  return remote.map(({ recipient, alias }) => ({
    traceId,
    kind: 'queued',
    accountId,
    sender,
    recipient,
    reason: counted?.newRecipients.has(recipient) ? newRecipientReason : '',
    text: alias ? `forwarded by ${alias}` : '',
  }));
}

async function insertQueued(
  tx: Tx,
  delivery: Delivery,
  recipients: QueuedRecipient[],
  aliases: string[],
): Promise<void> {
  const { body, sender, accountId, traceId, trace, envid, ret, isSmtpUtf8, isTlsRequired } =
    delivery;
  const { releaseAt, heldFor, isJunk } = delivery;
  const isWaiting = isDelayed(delivery, now());
  const prefix = markJunk(queuePrefix(trace, traceId, aliases), isWaiting && isJunk);
  await enqueue(tx, {
    blobId: await insertBlob(tx, body),
    prefix,
    sizeBytes: prefix.length + body.sizeBytes,
    sender,
    accountId,
    recipients,
    envid,
    ret,
    isSmtpUtf8,
    isTlsRequired,
    releaseAt: isWaiting ? releaseAt : null,
    heldFor: holdReasonOf(heldFor),
    traceId,
  });
}

function describeWaiting(delivery: Judged, { recipient }: QueuedRecipient): NewEvent {
  const { traceId, sender, accountId, heldFor, releaseAt, remote, counted } = delivery;
  const isNew = remote.some(
    (copy) =>
      (copy.alias ?? copy.recipient) === recipient && counted?.newRecipients.has(copy.recipient),
  );
  const reason = holdReasonOf(heldFor);
  const text = reason
    ? `held (${reason}) until an administrator lets it go`
    : `scheduled for ${releaseAt?.toISOString()}`;
  return {
    traceId,
    kind: 'queued',
    accountId,
    sender,
    recipient,
    reason: isNew ? newRecipientReason : '',
    text,
    detail: { heldFor: heldFor || undefined, releaseAt: releaseAt ?? undefined },
  };
}

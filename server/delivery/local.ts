// Delivery: one message into mailboxes here and into the queue for addresses outside, in one step. Deliveries
// that wait at the same time share the step and its statements.
//
// What is held or scheduled goes into the queue whole (delayed.ts). Mail of users is counted in the same step
// (lib/accounts/sending-ledger.ts), which costs mail from strangers nothing. Where a copy goes, who else gets one and
// whether it is answered is settled by its owner before the step (filters/filing.ts, filters/away.ts).
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
import { countDelivery } from '#server/metrics/domain-mail.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { insertBlob, readStaged } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { holdReasonOf, isDelayed, listWaiting, markJunk } from './delayed.ts';
import type { Collected, Delivery, Target } from './delivery.ts';
import { describeArrival, describeCopy } from './describe.ts';
import { type Answer, insertAnswers, prepareAnswers } from './filters/away.ts';
import { type Filing, fileArrivals, filePlainly, type Place } from './filters/filing.ts';
import { countForwards } from './filters/forwards.ts';
import { addFooterForAll } from './footer/footer.ts';
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

type Planned = Delivery & {
  targets: Target[];
  /** What mail of users and forwards are counted by; else null. */
  settings: Settings | null;
  /** Of those who are away. */
  answers: Answer[];
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
  const stored = await storePlanned(await addFooterForAll(delivery));
  const isWaiting = isDelayed(stored, now());
  const { targets, remote, answers, success, notice } = stored;
  if (!isWaiting) {
    countDelivery({ ...stored, here: targets.map(({ address }) => address), outside: remote });
    for (const { accountId, filing } of targets) {
      for (const { mailboxId } of filing.places) pokeMailbox(accountId, mailboxId);
    }
  }
  if (success && !isWaiting) pokeReport(success);
  if (notice) pokeHold(notice);
  const isForwarded = targets.some(({ filing }) => filing.forwards.length > 0);
  if (remote.length + answers.length > 0 || isForwarded || isWaiting) poke('queue');
}

/** A mailbox that a rule chose may go between the look and the step: then once more, without rules. */
async function storePlanned(delivery: Delivery): Promise<Planned> {
  const planned = await plan(delivery, fileArrivals);
  try {
    return await store(planned);
  } catch (error) {
    const isFiled = planned.targets.some(({ filing }) => filing.note !== '');
    if (!(isFiled || delivery.collected) || !isRefusal(error, 'not-found')) throw error;
    return store(await plan(delivery, filePlainly));
  }
}

async function plan(delivery: Delivery, file: typeof fileArrivals): Promise<Planned> {
  const targets = await findTargets(delivery, file);
  const remote = [...new Map(delivery.remote.map((copy) => [copy.recipient, copy])).values()];
  if (targets.length + remote.length === 0) throw new Error('A delivery needs a recipient');
  return {
    ...delivery,
    remote,
    targets,
    settings:
      delivery.accountId === null && targets.every(({ filing }) => filing.forwards.length === 0)
        ? null
        : await readSettings(),
    answers: await prepareOwnAnswers(delivery, targets),
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

/** What is collected from elsewhere was answered there, if at all. */
async function prepareOwnAnswers(delivery: Delivery, targets: Target[]): Promise<Answer[]> {
  if (delivery.collected || isDelayed(delivery, now())) return [];
  const { sender, body, traceId, isJunk = false } = delivery;
  return prepareAnswers({ sender, facts: body.facts, traceId, isJunk }, targets);
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
  const at = now();
  const judged = await settleForwards(tx, await countUsers(tx, deliveries), at);
  const outcomes = await appendAllIn(
    tx,
    judged.map((one) =>
      one instanceof Error || isDelayed(one, at)
        ? []
        : one.targets.flatMap((target) =>
            target.filing.places.map((place) => makeCopy(one, target, place)),
          ),
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
      const uids = stored.map(({ uid }) => uid);
      for (const target of targets) {
        for (const place of target.filing.places) {
          events.push(describeCopy(delivery, target, place, uids.shift() as number));
        }
        if (target.filing.forwards.length > 0) {
          events.push(...(await insertForwards(tx, delivery, target)));
        }
      }
      if (remote.length > 0) events.push(...(await insertRemote(tx, delivery)));
      if (delivery.collected) await insertCollected(tx, delivery.collected);
      events.push(...(await insertAnswers(tx, delivery.answers)));
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
  const counted = deliveries.filter(({ accountId }) => accountId !== null);
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

/** What users let be forwarded as it is to be: a forward that may not leave is no more, and its mail stays here. */
async function settleForwards(
  tx: Tx,
  deliveries: (Judged | Error)[],
  at: Date,
): Promise<(Judged | Error)[]> {
  const asked = deliveries.flatMap((one) =>
    one instanceof Error || isDelayed(one, at)
      ? []
      : one.targets.filter(({ filing }) => filing.forwards.length > 0),
  );
  const settings = deliveries.find((one) => !(one instanceof Error) && one.settings !== null);
  if (asked.length === 0 || !settings || settings instanceof Error) return deliveries;
  const may = await countForwards(
    tx,
    asked.map(({ accountId, filing }) => ({ accountId, forwards: filing.forwards })),
    settings.settings as Settings,
  );
  const settle = (target: Target): Target => {
    const index = asked.indexOf(target);
    if (index < 0) return target;
    const { filing } = target;
    if (may[index])
      return { ...target, filing: filing.isForwardOnly ? { ...filing, places: [] } : filing };
    const note = `${filing.note}; not forwarded, its owner has sent too much`;
    return { ...target, filing: { ...filing, forwards: [], note } };
  };
  return deliveries.map((one) =>
    one instanceof Error ? one : { ...one, targets: one.targets.map(settle) },
  );
}

/** Where the copies of each account go, found before the transaction, one target an account. */
async function findTargets(delivery: Delivery, file: typeof fileArrivals): Promise<Target[]> {
  const { mailboxes, body, trace, isJunk = false, collected } = delivery;
  const copies = [...new Map(mailboxes.map((copy) => [copy.accountId, copy])).values()];
  const prefix = Buffer.from((trace.fields ?? []).join(''));
  const message = {
    ...{ facts: body.facts, sizeBytes: body.sizeBytes, prefix, isJunk },
    ...(collected ? { folder: collected.folder, flags: collected.flags } : {}),
  };
  const filings = await (isDelayed(delivery, now()) ? filePlainly : file)(message, copies);
  return copies.map((copy) => ({ ...copy, filing: filings.get(copy.accountId) as Filing }));
}

function makeCopy(
  { body, sender, traceId, trace, collected }: Delivery,
  { accountId, address, originalTo }: Target,
  { mailboxId, flags, keywords }: Place,
): NewCopy {
  const prefix = mailboxPrefix(trace, { traceId, sender, address, originalTo });
  const internalDate = collected?.internalDate ?? trace.receivedAt;
  return { accountId, mailboxId, body, prefix, flags, keywords, internalDate };
}

/** What the owner of a mailbox lets be forwarded: it goes the way of what an alias leads outside. */
async function insertForwards(tx: Tx, delivery: Judged, target: Target): Promise<NewEvent[]> {
  const { accountId, address, filing } = target;
  const rows = filing.forwards.map((recipient) => ({ recipient }));
  await insertQueued(tx, delivery, rows, [address]);
  const { traceId, sender } = delivery;
  const text = `forwarded by ${address} ${filing.note}`;
  return rows.map(({ recipient }) => ({
    ...{ traceId, kind: 'queued' as const, accountId, sender, recipient, text },
  }));
}

async function insertCollected(tx: Tx, collected: Collected): Promise<void> {
  const { accountId, collectionId, uid } = collected;
  await tx.$executeRaw`INSERT INTO "Collected" ("accountId", "collectionId", "uid")
    VALUES (${accountId}, ${collectionId}, ${uid}) ON CONFLICT DO NOTHING`;
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

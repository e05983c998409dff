// Delivery: one message into mailboxes here and into the queue for addresses outside, in one step. Deliveries
// that wait at the same time share the step and its statements.
//
// Invariants: when deliver() resolves, every copy is durable, and when it throws there is none; pokes come
// after the commit. Whoever answers "250" does so after that.
import { type Tx, writeTogether } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { insertBlob, type StagedBody } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { ensureMailboxes, findArrivalMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { mailboxPrefix, queuePrefix, type Trace } from './trace.ts';

export type LocalCopy = {
  accountId: string;
  /** The mailbox's address, as resolveRecipient gives it. */
  address: string;
  detail?: string;
  /** The address that the sender wrote to, where it was another one (alias, catch-all). */
  originalTo?: string;
  /** RFC 3461: ORCPT ("rfc822;addr") and NOTIFY words. */
  orcpt?: string;
  notify?: string;
};

export type RemoteCopy = {
  recipient: string;
  /** RFC 3461: "rfc822;addr". */
  originalTo?: string;
  notify?: string;
  /** The alias here that led outside, where one did. */
  alias?: string;
};

export type Delivery = {
  body: StagedBody;
  /** Envelope sender, '' for the null sender; a forward through an alias keeps it. */
  sender: string;
  /** Who submitted it; null for mail from outside or made here. */
  accountId: string | null;
  mailboxes: LocalCopy[];
  remote: RemoteCopy[];
  trace: Trace;
  traceId: string;
  /** Into the mailbox with special use \Junk, where there is one. */
  isJunk?: boolean;
  /** Why it waits in the queue, for mailboxes here too, until somebody lets it go: "rule", "burst". */
  heldFor?: string;
  /** RFC 4865: waits in the queue, for mailboxes here too, until then. */
  releaseAt?: Date | null;
  /** RFC 8689: leaves only over verified TLS. */
  isTlsRequired?: boolean;
  envid?: string;
  ret?: string;
  isSmtpUtf8?: boolean;
  /** What the checks said, for the trail. */
  findings?: object[];
};

type Target = LocalCopy & { mailboxId: string };
type Planned = Delivery & { targets: Target[] };

const storeTogether = writeTogether<Planned, void>(storeAll);

/**
 * Delivers to every mailbox (once to each, whatever the number of addresses that lead there) and queues for
 * every outside address. Refusal 'over-quota' when one mailbox is full: then nobody has got a copy.
 */
export async function deliver(delivery: Delivery): Promise<void> {
  const targets = await findTargets(delivery);
  const remote = [...new Map(delivery.remote.map((copy) => [copy.recipient, copy])).values()];
  if (targets.length + remote.length === 0) throw new Error('A delivery needs a recipient');
  await storeTogether({ ...delivery, remote, targets });
  for (const { accountId, mailboxId } of targets) pokeMailbox(accountId, mailboxId);
  if (remote.length > 0) poke('queue');
}

/** Deliveries that waited together: copies, queue rows and events of all that are not refused. */
async function storeAll(tx: Tx, deliveries: Planned[]): Promise<(Refusal | undefined)[]> {
  const outcomes = await appendAllIn(
    tx,
    deliveries.map((delivery) => delivery.targets.map((target) => makeCopy(delivery, target))),
  );
  const events: NewEvent[] = [];
  for (const [index, delivery] of deliveries.entries()) {
    const stored = outcomes[index];
    if (!Array.isArray(stored)) continue;
    const { targets, remote } = delivery;
    events.push(describeArrival(delivery, targets.length + remote.length));
    events.push(...targets.map((target, at) => describeCopy(delivery, target, stored[at]!.uid)));
    if (remote.length > 0) events.push(...(await insertQueued(tx, delivery, remote)));
  }
  // Last, since they are logged at once.
  await recordEventsIn(tx, events);
  return outcomes.map((outcome) => (Array.isArray(outcome) ? undefined : outcome));
}

/** The mailbox of each account, found before the transaction, one an account. */
async function findTargets({ mailboxes, isJunk = false }: Delivery): Promise<Target[]> {
  const copies = [...new Map(mailboxes.map((copy) => [copy.accountId, copy])).values()];
  const ids = await findArrivalMailboxes(
    copies.map(({ accountId }) => accountId),
    isJunk,
  );
  return Promise.all(
    copies.map(async (copy) => {
      const { accountId } = copy;
      return { ...copy, mailboxId: ids.get(accountId) ?? (await makeInbox(accountId)) };
    }),
  );
}

/** An account that never got mail and never signed in has no mailboxes yet. */
async function makeInbox(accountId: string): Promise<string> {
  await ensureMailboxes(accountId);
  const inbox = await findMailbox(accountId, 'INBOX');
  if (!inbox) throw new Refusal('unavailable', 'The account has no inbox.');
  return inbox.id;
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
    detail: {
      helo: trace.helo,
      protocol: trace.protocol,
      sizeBytes: body.sizeBytes,
      messageId: body.facts.messageId,
      recipients,
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

async function insertQueued(tx: Tx, delivery: Delivery, remote: RemoteCopy[]): Promise<NewEvent[]> {
  const { body, sender, accountId, traceId, trace, envid, ret, isSmtpUtf8 } = delivery;
  const aliases = [...new Set(remote.flatMap(({ alias }) => (alias ? [alias] : [])))];
  const prefix = queuePrefix(trace, traceId, aliases);
  await enqueue(tx, {
    blobId: await insertBlob(tx, body),
    prefix,
    sizeBytes: prefix.length + body.sizeBytes,
    sender,
    accountId,
    recipients: remote.map(({ recipient, originalTo, notify }) => ({
      recipient,
      originalTo,
      notify,
    })),
    envid,
    ret,
    isSmtpUtf8,
    traceId,
  });
  return remote.map(({ recipient, alias }) => ({
    traceId,
    kind: 'queued',
    accountId,
    sender,
    recipient,
    text: alias ? `forwarded by ${alias}` : '',
  }));
}

// One visit to a mailbox elsewhere: what is new there comes here, through the rules of its owner.
//
// Invariants: what was brought is noted in the transaction that stores it, so nothing comes twice; nothing is removed
// there before it is durable here; a message is in memory only in chunks.
import { now } from '#lib/clock.ts';
import {
  type Claim,
  forgetCollected,
  listCollected,
  noteCollected,
  type Outcome,
  renewLease,
} from '#lib/collections/due.ts';
import { isRefusal } from '#lib/errors.ts';
import { newTraceId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { canonicalAddress } from '#lib/mail/address.ts';
import { parseDate } from '#lib/mail/date.ts';
import type { MessageFacts } from '#lib/mail/facts.ts';
import { findField, findFields, parseHeaderFields, unfold } from '#lib/mail/header.ts';
import { NewlineMender } from '#lib/mail/mend-newlines.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { deliver } from '#server/delivery/local.ts';
import { messagesReceived } from '#server/metrics/index.ts';
import { createStage, type StagedBody } from '#server/store/bodies/blobs.ts';
import type { Fetched, Listed, Source } from './source.ts';
import { CollectTrouble } from './trouble.ts';

/** Then others have their turn. */
const maxMessages = 500;
const maxVisitMs = 10 * 60_000;
const maxHops = 50;
const log = logOf('collect');

/** Never throws. */
export async function visit(claim: Claim, stopping: AbortSignal): Promise<Outcome> {
  // A server that drips its bytes holds a place no longer than this.
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(1.5 * maxVisitMs)]);
  const done = { count: 0, error: '', isMore: false };
  let source: Source | null = null;
  const abort = () => source?.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    source = await openSource(claim);
    const note = await bringAll(claim, source, signal, done);
    await source.close();
    return { ...done, error: note };
  } catch (error) {
    source?.abort();
    if (error instanceof CollectTrouble) return { ...done, error: error.message };
    if (isRefusal(error)) return { ...done, error: error.message };
    log.error({ err: error, accountId: claim.accountId }, 'collecting failed');
    return { ...done, error: 'something went wrong here' };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Loads what speaks the protocol, which few servers need. */
async function openSource(claim: Claim): Promise<Source> {
  const { password, protocol } = claim;
  if (password === null) throw new CollectTrouble('the password cannot be read: give it again');
  if (protocol === 'imap') {
    const { openImap } = await import('./imap-source.ts');
    return openImap(claim, password);
  }
  const { openPop3 } = await import('./pop3-source.ts');
  return openPop3(claim, password);
}

/** Returns what its owner should know although it did not fail. */
async function bringAll(
  claim: Claim,
  source: Source,
  signal: AbortSignal,
  done: { count: number; isMore: boolean },
): Promise<string> {
  const { accountId, id, isKept } = claim;
  const listed = await source.list();
  const known = await listCollected(accountId, id);
  const there = new Set(listed.map(({ uid }) => uid));
  await forgetCollected(
    accountId,
    id,
    [...known].filter((uid) => !there.has(uid)),
  );
  const endsAt = performance.now() + maxVisitMs;
  let tooBig = 0;
  for (const message of listed) {
    if (signal.aborted) throw new CollectTrouble('the server was stopped');
    if (known.has(message.uid)) {
      // Brought before, and the connection broke before it was taken away there.
      if (!isKept) await source.remove(message);
      continue;
    }
    if (done.count >= maxMessages || performance.now() > endsAt) {
      done.isMore = true;
      break;
    }
    if (!(await renewLease(claim))) throw new CollectTrouble('another process collects here');
    const outcome = await bring(claim, source, message);
    if (outcome === 'too-big') tooBig++;
    else if (outcome === 'brought') done.count++;
    if (outcome !== 'too-big' && !isKept) await source.remove(message);
  }
  return tooBig > 0 ? `${tooBig} of the new messages are too large and were left there` : '';
}

async function bring(
  claim: Claim,
  source: Source,
  message: Listed,
): Promise<'brought' | 'too-big' | 'loop'> {
  const { accountId, id, address, target } = claim;
  const limitBytes = await readSetting('smtp.messageSizeBytes');
  if (message.sizeBytes > limitBytes) {
    await noteCollected(accountId, id, message.uid);
    return 'too-big';
  }
  const fetched = await source.fetch(message);
  const body = await stage(fetched, limitBytes);
  if (!body) {
    // The rest of it is still on its way.
    await noteCollected(accountId, id, message.uid);
    throw new CollectTrouble('a message is larger than the server says');
  }
  const { facts } = body;
  if (isLoop(facts, address)) {
    await noteCollected(accountId, id, message.uid);
    return 'loop';
  }
  await deliver({
    body,
    sender: readSender(facts),
    accountId: null,
    mailboxes: [{ accountId, address }],
    remote: [],
    traceId: newTraceId(),
    isJunk: isMarkedJunk(facts),
    trace: {
      hostname: await serverHostname(),
      protocol: claim.protocol === 'imap' ? 'IMAP' : 'POP3',
      helo: claim.host,
      receivedAt: now(),
    },
    collected: {
      accountId,
      collectionId: id,
      uid: message.uid,
      folder: target,
      flags: fetched.flags,
      internalDate: chooseDate(fetched, facts),
    },
  });
  const result = isMarkedJunk(facts) ? 'junk' : 'accepted';
  messagesReceived.inc({ result, class: 'collected' });
  return 'brought';
}

/** Null where it is larger than allowed. */
async function stage({ chunks }: Fetched, limitBytes: number): Promise<StagedBody | null> {
  const body = createStage(limitBytes);
  const mender = new NewlineMender();
  try {
    for await (const chunk of chunks) await body.write(mender.push(chunk));
    await body.write(mender.finish());
    return await body.finish();
  } catch (error) {
    await body.abort();
    if (isRefusal(error, 'too-big')) return null;
    throw error;
  }
}

/** It has been in this mailbox before: it was forwarded there, or collected by somebody from here. */
function isLoop({ header, receivedCount }: MessageFacts, address: string): boolean {
  if (receivedCount > maxHops) return true;
  const fields = parseHeaderFields(header, new Set(['delivered-to']));
  return findFields(fields, 'delivered-to').some(
    ({ rawValue }) => canonicalAddress(unfold(rawValue.slice(0, 1000))) === address,
  );
}

/** What the other server noted of the envelope. */
function readSender({ header }: MessageFacts): string {
  const field = findField(parseHeaderFields(header, new Set(['return-path'])), 'return-path');
  const text = field ? unfold(field.rawValue.slice(0, 1000)).replace(/^<|>$/g, '') : '';
  return canonicalAddress(text) ?? '';
}

/** The other server took it for junk; ours has not seen who sent it. */
function isMarkedJunk({ header }: MessageFacts): boolean {
  const field = findField(parseHeaderFields(header, new Set(['x-spam-flag'])), 'x-spam-flag');
  return field !== null && /^\s*yes\b/i.test(field.rawValue);
}

/** When it arrived there, so that old mail does not stand above new; never in the future. */
function chooseDate({ internalDate }: Fetched, { header, sentAt }: MessageFacts): Date {
  const field = findField(parseHeaderFields(header, new Set(['received'])), 'received');
  const received = field ? unfold(field.rawValue.slice(0, 4000)) : '';
  const at = internalDate ?? parseDate(received.slice(received.lastIndexOf(';') + 1)) ?? sentAt;
  return at && at < now() && at.getFullYear() > 1980 ? at : now();
}

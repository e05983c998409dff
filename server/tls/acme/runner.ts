// Orders and renews what is due, one certificate at a time. A lease on the row keeps other nodes away from it; all nodes
// answer for the proofs and see the new certificate. After a failure it waits longer each time, and never asks before an
// authority says it may: five refused proofs an hour are what Let's Encrypt bears.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { requireAcmeAccount } from '#lib/certificates/acme-account.ts';
import {
  type CertificateRow,
  fromPems,
  restWords,
  subjectOf,
} from '#lib/certificates/certificate.ts';
import { type Pems, readChainFacts } from '#lib/certificates/pem.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { dataFolder } from '#lib/env.ts';
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { onPoke, poke } from '#lib/poke.ts';
import { recordChange, recordChangeIn } from '#lib/trail/change.ts';
import type { Running } from '#server/net/running.ts';
import { makeSelfSigned } from '../self-signed.ts';
import { readDirectory } from './client.ts';
import { adjustProofListeners, closeProofListeners } from './listeners.ts';
import { fulfilOrder } from './order.ts';
import { AcmeProblem } from './problem.ts';
import { askRenewalTime, planNext, planRenewal } from './renewal-info.ts';

const log = logOf('acme');
/** How the trail names who did it. */
const by = 'certificates';
const lookIntervalMs = 20_000;
/** Anything committed anywhere is a hint that may come often: of many one is heard. */
const hintDelayMs = 500;
const leaseMs = 120_000;
const stopGraceMs = 1500;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** What RFC 9773 §4.3 calls six hours: how often an authority is asked when it wants a renewal. */
const askIntervalMs = 6 * hourMs;
/** After the first failure, the second, …; then the last. */
const waits = [10 * minuteMs, hourMs, 3 * hourMs, 6 * hourMs, 12 * hourMs, 24 * hourMs];

/** Starts the ports for proofs and the loop over due certificates. */
export async function startOrders(): Promise<Running> {
  const ending = new AbortController();
  const { signal } = ending;
  // Of this process before it died: nobody else has this folder.
  const owner = `${hostname()} ${dataFolder()}`;
  await releaseLeases(owner);
  let wake = () => {};
  let hinted: NodeJS.Timeout | null = null;
  const hint = () => {
    if (hinted) return;
    hinted = setTimeout(() => {
      hinted = null;
      wake();
    }, hintDelayMs).unref();
  };
  const ends = [
    onPoke('certificates', () => wake()),
    onPoke('settings', () => wake()),
    onPoke('elsewhere', hint),
  ];
  const loop = (async () => {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await workOnce(owner, signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, 'certificates could not be looked after');
      });
      const rest = sleep(lookIntervalMs, undefined, { signal, ref: false }).catch(() => {});
      await Promise.race([woken, rest]);
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      if (hinted) clearTimeout(hinted);
      for (const end of ends) end();
      wake();
      closeProofListeners();
      await Promise.race([loop, sleep(stopGraceMs, undefined, { ref: false })]);
    },
  };
}

async function workOnce(owner: string, signal: AbortSignal): Promise<void> {
  await adjustProofListeners();
  for (;;) {
    const row = signal.aborted ? null : await claimDue(owner);
    if (!row) break;
    await fulfil(row, owner, signal);
  }
  await askAuthorities(signal);
}

/** Takes what is due longest under a lease, which no other node can have; null = nothing is. */
export async function claimDue(owner: string): Promise<CertificateRow | null> {
  const isFree = { OR: [{ leaseUntil: null }, { leaseUntil: { lt: now() } }] };
  const due = { kind: { in: ['acme', 'self-signed'] }, dueAt: { lte: now() }, ...isFree };
  const found = await db.certificate.findFirst({ where: due, orderBy: { dueAt: 'asc' } });
  if (!found) return null;
  const data = { leaseOwner: owner, leaseUntil: fromNow(leaseMs) };
  const { count } = await write((tx) =>
    tx.certificate.updateMany({ where: { id: found.id, ...due }, data }),
  );
  return count === 0 ? null : db.certificate.findUnique({ where: { id: found.id } });
}

async function fulfil(row: CertificateRow, owner: string, signal: AbortSignal): Promise<void> {
  const keep = setInterval(() => {
    const data = { leaseUntil: fromNow(leaseMs) };
    const mine = { id: row.id, leaseOwner: owner };
    write((tx) => tx.certificate.updateMany({ where: mine, data })).catch(() => {});
  }, leaseMs / 4);
  try {
    const { pems, dueAt } = row.kind === 'acme' ? await order(row, signal) : await makeOwn(row);
    await putInForce(row, pems, dueAt);
  } catch (error) {
    // A stop is no failure: the order goes on after the start.
    if (!signal.aborted) await noteFailure(row, error);
  } finally {
    clearInterval(keep);
    await releaseLeases(owner);
    poke('certificates');
  }
}

async function order(row: CertificateRow, signal: AbortSignal) {
  const { pems, client } = await fulfilOrder(row, signal);
  const asked = await askRenewalTime(client.directory.renewalInfo, pems.cert, signal);
  return { pems, dueAt: planNext(readChainFacts(pems.cert), asked) };
}

async function makeOwn(row: CertificateRow) {
  const [first = '', ...others] = row.names.split(' ');
  const pems = await makeSelfSigned(first, others);
  return { pems, dueAt: planRenewal(readChainFacts(pems.cert)) };
}

async function putInForce(row: CertificateRow, pems: Pems, dueAt: Date): Promise<void> {
  // The names stay those that were asked for; a self-signed one is for this machine too.
  const data = { ...fromPems(pems), names: row.names, dueAt, orderUrl: '', orderSecret: '' };
  await write(async (tx) => {
    const { count } = await tx.certificate.updateMany({
      where: { id: row.id, names: row.names },
      data,
    });
    if (count > 0) await recordChangeIn(tx, by, subjectOf(row.names), 'new certificate in force');
  });
  log.info({ names: row.names, dueAt }, 'new certificate');
}

async function noteFailure(row: CertificateRow, error: unknown): Promise<void> {
  const isKnown = error instanceof AcmeProblem || isRefusal(error);
  if (!isKnown) log.error({ err: error, names: row.names }, 'a certificate could not be had');
  const { dueAt, problem } = planRetry(row.failures + 1, error);
  const data = {
    ...{ problem, dueAt, failures: row.failures + 1, problemAt: now() },
    // A refused order is over; one that only could not be heard of goes on.
    ...(error instanceof AcmeProblem && error.type === '' ? {} : { orderUrl: '', orderSecret: '' }),
  };
  await write((tx) => tx.certificate.updateMany({ where: { id: row.id }, data }));
  recordChange(by, subjectOf(row.names), `no certificate: ${problem}`.slice(0, 900));
  log.warn({ names: row.names, dueAt }, problem);
}

/** When it is tried again after so many failures, and what to tell. */
export function planRetry(
  failures: number,
  error: unknown,
  random = Math.random(),
): { dueAt: Date; problem: string } {
  const waitMs = waits[Math.min(failures, waits.length) - 1] ?? hourMs;
  const planned = fromNow(Math.round(waitMs * (0.9 + random * 0.2)));
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AcmeProblem) || !error.retryAt || error.retryAt <= planned) {
    return { dueAt: planned, problem: text };
  }
  const until = `${error.retryAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { dueAt: error.retryAt, problem: `${text} The authority ${restWords} ${until}.` };
}

async function releaseLeases(owner: string): Promise<void> {
  const data = { leaseOwner: '', leaseUntil: null };
  await write((tx) => tx.certificate.updateMany({ where: { leaseOwner: owner }, data }));
}

let askedAt = Number.NEGATIVE_INFINITY;

/** An authority that has to revoke certificates says so by an earlier time (RFC 9773). */
async function askAuthorities(signal: AbortSignal): Promise<void> {
  if (performance.now() - askedAt < askIntervalMs) return;
  askedAt = performance.now();
  const rows = await db.certificate.findMany({
    where: { kind: 'acme', chain: { not: '' }, dueAt: { gt: now() }, failures: 0 },
  });
  if (rows.length === 0) return;
  const account = await requireAcmeAccount().catch(() => null);
  const directory = account && (await readDirectory(account.directory, signal).catch(() => null));
  if (!directory?.renewalInfo) return;
  for (const { id, chain, dueAt } of rows) {
    const asked = await askRenewalTime(directory.renewalInfo, chain, signal);
    if (!asked || !dueAt || asked >= dueAt) continue;
    await write((tx) =>
      tx.certificate.updateMany({ where: { id, dueAt }, data: { dueAt: asked } }),
    );
  }
}

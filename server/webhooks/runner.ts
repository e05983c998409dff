// Sends what waits for webhooks: each hook by itself and in order, one call after the other, again with growing pauses
// where it fails, for a day; then the hook is disabled and the administrators get a letter.
//
// Invariants: a row leaves the outbox after its call was taken, so a killed process sends again rather than never; one node
// sends at a time (lib/lease.ts).
import { setTimeout as sleep } from 'node:timers/promises';
import { decryptSecret } from '#lib/accounts/secret.ts';
import { fromNow, now, uptimeMs } from '#lib/clock.ts';
import { db, readOnceACommit, type Tx, write } from '#lib/db.ts';
import { revise } from '#lib/history/revise.ts';
import { newId } from '#lib/id.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { logOf } from '#lib/log.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import { toPayload } from '#lib/webhooks/payload.ts';
import { callHook, noSecret } from '#lib/webhooks/send.ts';
import { addAnswer, type HookAnswer, recordedWebhook } from '#lib/webhooks/webhook.ts';
import {
  insertLetters,
  listAdministrators,
  pokeLetters,
  writeLetter,
} from '#server/delivery/letter.ts';
import type { Running } from '#server/net/running.ts';

const lookEveryMs = 500;
const leaseMs = 6000;
/** Read at once, and at most so long before what was taken is written down */
const batch = 50;
const noteEveryMs = 1000;
const firstPauseMs = 5000;
const longestPauseMs = 3_600_000;
const giveUpMs = 24 * 3_600_000;
const stopGraceMs = 1000;

const log = logOf('webhooks');

type Due = { id: string; nextAt: Date | null };
type Row = NonNullable<Awaited<ReturnType<typeof db.webhook.findUnique>>>;

/** Enabled hooks for which something waits. */
const readWaiting = readOnceACommit(
  () => db.$queryRaw<Due[]>`SELECT h."id" AS "id", h."nextAt" AS "nextAt" FROM "Webhook" h
    WHERE NOT h."isDisabled" AND EXISTS (SELECT 1 FROM "WebhookEvent" e WHERE e."hookId" = h."id")`,
);

/** How long to wait after so many failures. */
export function pauseMs(failures: number): number {
  return Math.min(firstPauseMs * 2 ** Math.max(0, failures - 1), longestPauseMs);
}

/** Starts the loop; `stop` waits a moment for calls that run. */
export async function startWebhooks(): Promise<Running> {
  const ending = new AbortController();
  const holder = newId();
  const busy = new Map<string, Promise<void>>();
  const loop = look(holder, busy, ending.signal);
  return {
    stop: async () => {
      ending.abort();
      const all = Promise.allSettled([loop, ...busy.values()]);
      await Promise.race([all, sleep(stopGraceMs, undefined, { ref: false })]);
      await endLease('webhooks', holder).catch(() => undefined);
    },
  };
}

async function look(
  holder: string,
  busy: Map<string, Promise<void>>,
  signal: AbortSignal,
): Promise<void> {
  let leasedUntilMs = 0;
  let askAgainMs = 0;
  while (!signal.aborted) {
    try {
      const waiting = await readWaiting();
      if (waiting.length > 0 && uptimeMs() >= askAgainMs) {
        askAgainMs = uptimeMs() + leaseMs / 3;
        const hasLease = await takeLease('webhooks', holder, leaseMs);
        leasedUntilMs = hasLease ? uptimeMs() + leaseMs : 0;
      }
      if (waiting.length > 0 && uptimeMs() < leasedUntilMs) {
        for (const { id, nextAt } of waiting) {
          if (busy.has(id) || (nextAt && new Date(nextAt) > now())) continue;
          const serving = serveHook(id, signal)
            .catch((error) => log.error({ err: error, hook: id }, 'a webhook failed'))
            .finally(() => busy.delete(id));
          busy.set(id, serving);
        }
      }
    } catch (error) {
      log.error({ err: error }, 'webhooks could not be looked at');
    }
    await sleep(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Sends a batch of what waits for the hook, or as much as it takes. */
export async function serveHook(id: string, signal: AbortSignal): Promise<void> {
  const hook = await db.webhook.findUnique({ where: { id } });
  if (!hook || hook.isDisabled) return;
  const waiting = await db.webhookEvent.findMany({
    where: { hookId: id },
    orderBy: [{ at: 'asc' }, { eventId: 'asc' }],
    take: batch,
  });
  const ids = waiting.map(({ eventId }) => eventId);
  const events = new Map(
    (await db.trailEvent.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
  );
  const secret = decryptSecret(hook.secret);
  const startedAt = uptimeMs();
  const taken: string[] = [];
  let last: HookAnswer | null = null;
  for (const eventId of ids) {
    if (signal.aborted || uptimeMs() - startedAt > noteEveryMs) break;
    const row = events.get(eventId);
    if (row) {
      const payload = toPayload({ ...row, kind: row.kind as 'changed' });
      last =
        secret === null ? noSecret(payload.type) : await callHook({ ...hook, secret }, payload);
      if (last.problem !== '') break;
    }
    // What the trail has forgotten meanwhile is told to nobody.
    taken.push(eventId);
  }
  await note(hook, taken, last);
}

async function note(hook: Row, taken: string[], last: HookAnswer | null): Promise<void> {
  const { id, failingSince } = hook;
  const isFailed = last !== null && last.problem !== '';
  const failures = isFailed ? (taken.length > 0 ? 1 : hook.failures + 1) : 0;
  const since = isFailed ? (taken.length > 0 ? now() : (failingSince ?? now())) : null;
  const isGivenUp = since !== null && since <= fromNow(-giveUpMs);
  const answers = last ? addAnswer(JSON.parse(hook.answers) as HookAnswer[], last) : undefined;
  const state = {
    failures,
    failingSince: since,
    nextAt: isFailed ? fromNow(pauseMs(failures)) : null,
    answers,
  };
  const letters = isGivenUp ? await writeLetters(hook, last?.problem ?? '') : [];
  const store = async (tx: Tx) => {
    const where = { hookId: id, ...(isGivenUp ? {} : { eventId: { in: taken } }) };
    if (isGivenUp) await insertLetters(tx, letters, 'webhook-disabled');
    await tx.webhookEvent.deleteMany({ where });
    await tx.webhook.updateMany({ where: { id }, data: state });
    if (!isGivenUp) return;
    await tx.webhook.updateMany({ where: { id }, data: { isDisabled: true } });
    await recordEventIn(tx, {
      traceId: newId(),
      kind: 'changed',
      sender: 'server',
      recipient: `webhook ${hook.name}`,
      reason: 'webhook-disabled',
      text: `disabled after a day of failures: ${last?.problem ?? ''}`,
    });
  };
  // How calls went is no change of the configuration; that it is disabled is one.
  await (isGivenUp ? revise('server', recordedWebhook, id, store) : write(store));
  pokeLetters(letters);
}

async function writeLetters({ name, url }: Row, problem: string) {
  const words = {
    subject: `The webhook “${name}” is disabled`,
    lines: [
      `For a day nobody has taken what was sent to ${URL.parse(url)?.host ?? ''}:`,
      '',
      `  ${problem}`,
      '',
      'The webhook is disabled, and what waited for it is dropped. When its program works again,',
      'enable it in the panel under Webhooks; the events of the meantime are in the trail.',
      '',
      'This message was made by the mail system.',
    ],
  };
  const readers = await listAdministrators();
  return Promise.all(
    readers.map((reader) => writeLetter(reader, words, splitAddress(reader.address).domain)),
  );
}

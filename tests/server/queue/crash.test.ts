// The process dies between every two steps of a delivery: kill -9, as power would do. Each message has a server of its own
// that holds it at one step; one kill ends them all there. Then another process takes the queue over.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { shiftClock } from '#lib/clock.ts';
import { raw, write } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Peer, type Play, type Step, startPeer } from '#tests/support/smtp-peer.ts';
import { inboxOf, queueMail, rowsOf, until, untilGone } from './fixture.ts';

const steps = ['greet', 'ehlo', 'mail', 'rcpt', 'data', 'body'] as const;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let adaId: string;
let queue: Running | null = null;
let port = 0;
const peers: Peer[] = [];

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  adaId = (await addAccount({ address: 'ada@own.test', password: 'correct horse' }, 'test')).id;
});
after(async () => {
  await queue?.stop();
  for (const peer of peers) await peer.close();
  await dns.close();
  await database.close();
});

/** A server of its own for `domain`, on an address of its own: they share the port. */
async function serve(domain: string, play: Play): Promise<Peer> {
  const host = `127.0.0.${20 + peers.length}`;
  const peer = await startPeer(play, { host, port });
  peers.push(peer);
  port = peer.port;
  await writeSetting('delivery.mxPort', port, 'test');
  dns.zone[domain] = { MX: [`10 mx.${domain}`] };
  dns.zone[`mx.${domain}`] = { A: [host] };
  return peer;
}

/** A queue in a process of its own; `kill` ends it as power would. */
async function startChild(): Promise<{ kill(): Promise<void> }> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'child.ts'), {
    env: { ...process.env, DREY_LOG_LEVEL: 'silent' },
  });
  await once(child, 'message');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Nobody else commits to the queue until it is let go. */
async function holdQueue(): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const holding = write(async (tx) => {
    // Only PostgreSQL has several writers at a time.
    if (process.env.DATABASE_URL) {
      await tx.$executeRaw(raw('LOCK TABLE "QueueRecipient" IN EXCLUSIVE MODE'));
    }
    held.resolve();
    await ending.promise;
  });
  await held.promise;
  return async () => {
    ending.resolve();
    await holding;
  };
}

const leaseMs = 61_000;

/** What is left by the dead is tried again after its lease. */
async function takeOver(): Promise<void> {
  shiftClock(leaseMs);
  queue = await startQueue();
}

async function endTakeOver(): Promise<void> {
  await queue?.stop();
  queue = null;
  shiftClock(-leaseMs);
}

const statesOf = async (messageId: string) =>
  (await rowsOf(messageId)).map(({ state, attempts }) => `${state} ${attempts}`);
const countBounces = async (domain: string) =>
  (await inboxOf(adaId)).filter((text) => text.includes(domain)).length;

describe('kill -9', () => {
  it('before the claim, after it, and at each word to the other side: everything arrives once', async () => {
    let isHolding = true;
    const served: Peer[] = [];
    for (const step of steps) {
      const play = (at: Step) => (isHolding && at === step ? 'hang' : undefined);
      served.push(await serve(`${step}.test`, play));
    }
    served.push(await serve('untouched.test', () => undefined));
    served.push(await serve('claimed.test', () => undefined));
    const zone = dns.zone['claimed.test'];
    dns.zone['claimed.test'] = 'TIMEOUT';

    const untouched = await queueMail({ to: ['bob@untouched.test'] });
    const letGo = await holdQueue();
    const first = await startChild();
    await first.kill();
    await letGo();
    assert.deepEqual(await statesOf(untouched.messageId), ['queued 0']);

    const claimed = await queueMail({ to: ['bob@claimed.test'] });
    const mails = [claimed];
    for (const step of steps) mails.push(await queueMail({ to: [`bob@${step}.test`] }));
    const child = await startChild();
    await Promise.all(steps.map((step, index) => served[index]!.reached(step)));
    await until('the question about claimed.test', async () =>
      dns.questions.includes('MX claimed.test'),
    );
    await untilGone(untouched.messageId);
    await child.kill();
    for (const { messageId } of mails) {
      assert.deepEqual(await statesOf(messageId), ['sending 0']);
    }
    isHolding = false;
    dns.zone['claimed.test'] = zone!;
    await takeOver();
    for (const { messageId } of mails) await untilGone(messageId);
    for (const peer of served) assert.equal(peer.taken.length, 1, peer.steps.join(' '));
    await endTakeOver();
  });

  it('after the answer, before it is stored: the mail comes twice, its report once', async () => {
    const locked = Promise.withResolvers<void>();
    const afterLock = (text?: string) => locked.promise.then(() => text);
    const answered = await serve('answered.test', (step) =>
      step === 'body' ? afterLock() : undefined,
    );
    const refusing = await serve('refusing.test', (step) =>
      step === 'rcpt' ? afterLock('550 5.1.1 nobody here') : undefined,
    );
    const part = await serve('part.test', (step, line) => {
      if (step === 'body') return afterLock();
      return step === 'rcpt' && line.includes('later') ? '450 4.2.1 later' : undefined;
    });
    const mails = [
      await queueMail({ to: ['bob@answered.test'] }),
      await queueMail({ to: ['bob@refusing.test'] }),
    ];
    const parted = await queueMail({ to: ['bob@part.test', 'later@part.test'] });
    const child = await startChild();
    await Promise.all([answered.reached('body'), refusing.reached('rcpt'), part.reached('body')]);
    const letGo = await holdQueue();
    locked.resolve();
    // Who says QUIT has read the answer; what it is to become waits for the lock.
    await Promise.all([answered, refusing, part].map((peer) => peer.reached('quit')));
    await child.kill();
    await letGo();
    for (const { messageId } of mails) assert.deepEqual(await statesOf(messageId), ['sending 0']);
    assert.deepEqual(await statesOf(parted.messageId), ['sending 0', 'sending 0']);
    assert.equal(await countBounces('refusing.test'), 0);
    await takeOver();
    for (const { messageId } of mails) await untilGone(messageId);
    await until('the rest of part.test', async () => {
      const states = await statesOf(parted.messageId);
      return states.length === 1 && states[0] === 'queued 1';
    });
    // RFC 5321 §4.5.4.1: better twice than never.
    assert.equal(answered.taken.length, 2);
    assert.deepEqual(
      part.taken.map(({ recipients }) => recipients),
      [['bob@part.test'], ['bob@part.test']],
    );
    // RFC 2920 §3.1: a pipelined DATA that was answered 354 ends with nothing, for nobody.
    assert.ok(
      refusing.taken.every(({ recipients, text }) => recipients.length === 0 && text === ''),
    );
    assert.equal(await countBounces('refusing.test'), 1);
    await endTakeOver();
  });

  it('after the commit: nothing comes twice, neither mail nor report', async () => {
    const done = await serve('done.test', () => undefined);
    await serve('told.test', (step) => (step === 'rcpt' ? '550 5.1.1 nobody here' : undefined));
    const mails = [
      await queueMail({ to: ['bob@done.test'] }),
      await queueMail({ to: ['bob@told.test'] }),
    ];
    const child = await startChild();
    for (const { messageId } of mails) await untilGone(messageId);
    await child.kill();
    const last = await queueMail({ to: ['eve@done.test'] });
    await takeOver();
    await untilGone(last.messageId);
    assert.deepEqual(
      done.taken.map(({ recipients }) => recipients[0]),
      ['bob@done.test', 'eve@done.test'],
    );
    assert.equal(await countBounces('told.test'), 1);
  });
});

// What a queue full of mail that cannot leave costs: 100,000 deferred recipients, of which one becomes due; and 1,000
// destinations that never answer, beside one that does.
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { startQueue } from '#server/queue/runner.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Peer, startPeer } from '#tests/support/smtp-peer.ts';
import { fillQueue, makeMessage } from './queue-fill.ts';
import type { Figure } from './run.ts';

const deferred = 100_000;
const recipientsPerMessage = 1000;
const watchedMs = 10_000;
const probes = 5;

type World = { dns: FakeDns; peer: Peer; silent: Peer; close(): Promise<void> };

async function openWorld(): Promise<World> {
  const database = await openTestDatabase();
  const dns = await startDns();
  await dns.use();
  const peer = await startPeer(() => undefined, { host: '127.0.0.41' });
  const silent = await startPeer(() => 'hang', { host: '127.0.0.42', port: peer.port });
  await writeSetting('delivery.allowPrivateAddresses', true, 'bench');
  await writeSetting('delivery.mxPort', peer.port, 'bench');
  dns.zone['live.test'] = { A: [peer.host] };
  return {
    ...{ dns, peer, silent },
    close: async () => {
      await silent.close();
      await peer.close();
      await dns.close();
      await database.close();
    },
  };
}

async function untilTaken({ peer }: World, count: number): Promise<void> {
  while (peer.taken.length < count) await sleep(5);
}

/** 100,000 recipients wait for hours; one is due in two seconds. */
export async function measureIdle(): Promise<Figure[]> {
  const world = await openWorld();
  try {
    const body = await stageBytes(makeMessage(0));
    const message = {
      ...{ prefix: Buffer.alloc(0), sizeBytes: body.sizeBytes, sender: 'ada@own.test' },
      ...{ accountId: null, traceId: 'bench' },
    };
    for (let start = 0; start < deferred; start += recipientsPerMessage) {
      const recipients = Array.from({ length: recipientsPerMessage }, (_, at) => ({
        recipient: `user${start + at}@d${(start + at) % 500}.test`,
      }));
      await write(async (tx) =>
        enqueue(tx, { ...message, blobId: await insertBlob(tx, body), recipients }),
      );
    }
    const later = new Date(now().getTime() + 4 * 3_600_000);
    await write((tx) =>
      tx.queueRecipient.updateMany({ data: { attempts: 3, nextAttemptAt: later } }),
    );
    const queue = await startQueue();
    await sleep(1000);
    const before = process.cpuUsage();
    const begin = performance.now();
    // What others commit makes the runner look again, as on a server that receives mail.
    while (performance.now() - begin < watchedMs) {
      poke('elsewhere');
      await sleep(200);
    }
    const used = process.cpuUsage(before);
    const percent = (used.user + used.system) / 10 / (performance.now() - begin);
    const late: number[] = [];
    for (let probe = 0; probe < probes; probe++) {
      const row = await db.queueRecipient.findFirst({ where: { state: 'queued' }, skip: probe });
      const dueAt = new Date(now().getTime() + 2000);
      await write((tx) =>
        tx.queueRecipient.update({
          where: { id: row?.id ?? '' },
          data: { nextAttemptAt: dueAt, recipient: `p${probe}@live.test`, domain: 'live.test' },
        }),
      );
      poke('queue');
      await untilTaken(world, probe + 1);
      late.push(now().getTime() - dueAt.getTime());
    }
    await queue.stop();
    return [
      { name: `${deferred} deferred recipients, idle`, unit: '% of a core', values: [percent] },
      { name: 'a due one of them leaves after', unit: 'ms', values: late },
    ];
  } finally {
    await world.close();
  }
}

/** A message to a live host while 1,000 dead destinations are tried. */
export async function measureDead(): Promise<Figure[]> {
  const world = await openWorld();
  try {
    const domains = Array.from({ length: 1000 }, (_, index) => `dead${index}.test`);
    for (const domain of domains) world.dns.zone[domain] = { A: [world.silent.host] };
    await fillQueue(domains.map((domain) => `user@${domain}`));
    const queue = await startQueue();
    const late: number[] = [];
    for (let probe = 0; probe < probes; probe++) {
      // In the middle of the first attempts, and after them.
      await sleep(probe === 0 ? 300 : 1500);
      const begin = performance.now();
      await fillQueue([`p${probe}@live.test`]);
      poke('queue');
      await untilTaken(world, probe + 1);
      late.push(performance.now() - begin);
    }
    await queue.stop();
    return [{ name: 'a live destination beside 1,000 dead ones', unit: 'ms', values: late }];
  } finally {
    await world.close();
  }
}

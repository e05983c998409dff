// Every limit × every way in: what fits exactly is taken, one byte or message more is refused and leaves
// nothing, a limit that is changed counts at once.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, before, beforeEach, describe, test } from 'node:test';
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { findRecoverable, restoreMessages } from '#server/store/deleted/recoverable.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { readQuota, readQuotas } from '#server/store/quota/quota.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, mailboxOf, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
beforeEach(() => write((tx) => tx.setting.deleteMany({})));

const sizeBytes = 100;

/** A message of 100 bytes. */
function makeHundred() {
  return makeMessage(`Subject: x\n\n${'y'.repeat(sizeBytes - 14)}`);
}

type World = { domainId: string; domain: string; ada: string; bob: string };

async function makeAccountIn(domainId: string, domain: string): Promise<string> {
  const id = newId();
  const data = { id, address: `${id}@${domain}`, domainId, createdAt: now() };
  await write((tx) => tx.account.create({ data }));
  await ensureMailboxes(id);
  return id;
}

/** Two users of a domain of their own, each with one message in the INBOX. */
async function makeWorld(): Promise<World> {
  const domainId = newId();
  const domain = `${domainId}.test`;
  await write((tx) => tx.domain.create({ data: { id: domainId, name: domain, createdAt: now() } }));
  const ada = await makeAccountIn(domainId, domain);
  const bob = await makeAccountIn(domainId, domain);
  for (const id of [ada, bob]) {
    await appendMessages(id, (await mailboxOf(id, 'INBOX')).id, [await makeHundred()]);
  }
  return { domainId, domain, ada, bob };
}

async function setSetting(tx: Tx, id: string, value: number): Promise<void> {
  const row = { value: String(value), updatedAt: now() };
  await tx.setting.upsert({ where: { id }, create: { id, ...row }, update: row });
}

type Limit = {
  name: string;
  unit: number;
  /** What is used at first, in messages. */
  used: number;
  set(tx: Tx, world: World, value: number): Promise<unknown>;
  text: RegExp;
};

const limits: Limit[] = [
  {
    name: 'bytes of the user',
    unit: sizeBytes,
    used: 1,
    set: (tx, { ada }, value) =>
      tx.account.update({ where: { id: ada }, data: { quotaBytes: value } }),
    text: /^The mailbox is full\.$/,
  },
  {
    name: 'messages of the user',
    unit: 1,
    used: 1,
    set: (tx, { ada }, value) =>
      tx.account.update({ where: { id: ada }, data: { quotaMessages: value } }),
    text: /^The mailbox is full: it has as many messages/,
  },
  {
    name: 'bytes by the setting',
    unit: sizeBytes,
    used: 1,
    set: (tx, _world, value) => setSetting(tx, 'storage.defaultQuotaBytes', value),
    text: /^The mailbox is full\.$/,
  },
  {
    name: 'messages by the setting',
    unit: 1,
    used: 1,
    set: (tx, _world, value) => setSetting(tx, 'storage.defaultQuotaMessages', value),
    text: /^The mailbox is full: it has as many messages/,
  },
  {
    name: 'bytes of the domain',
    unit: sizeBytes,
    used: 2,
    set: (tx, { domainId }, value) =>
      tx.domain.update({ where: { id: domainId }, data: { quotaBytes: value } }),
    text: /^The domain \S+\.test has used up its storage\.$/,
  },
  {
    name: 'messages of the domain',
    unit: 1,
    used: 2,
    set: (tx, { domainId }, value) =>
      tx.domain.update({ where: { id: domainId }, data: { quotaMessages: value } }),
    text: /^The domain \S+\.test has as many messages as it may hold\.$/,
  },
];

/** Each adds so many messages of 100 bytes to Ada's. */
const ways: Record<string, { count: number; run(world: World): Promise<unknown> }> = {
  append: {
    count: 1,
    run: async ({ ada }) =>
      appendMessages(ada, (await mailboxOf(ada, 'INBOX')).id, [await makeHundred()]),
  },
  'append of three': {
    count: 3,
    run: async ({ ada }) => {
      const message = await makeHundred();
      return appendMessages(ada, (await mailboxOf(ada, 'Drafts')).id, [message, message, message]);
    },
  },
  copy: {
    count: 1,
    run: async ({ ada }) =>
      copyMessages(
        ada,
        (await mailboxOf(ada, 'INBOX')).id,
        [1],
        (await mailboxOf(ada, 'Archive')).id,
      ),
  },
  'copy into the same mailbox': {
    count: 1,
    run: async ({ ada }) => {
      const { id } = await mailboxOf(ada, 'INBOX');
      return copyMessages(ada, id, [1], id);
    },
  },
};

async function useOf(id: string): Promise<[number, number]> {
  const { usedBytes, usedMessages } = await readQuota(id);
  return [usedBytes, usedMessages];
}

async function refuses(run: () => Promise<unknown>, text: RegExp): Promise<void> {
  await assert.rejects(run(), (error) => {
    assert.ok(error instanceof Refusal);
    assert.equal(error.reason, 'over-quota');
    assert.match(error.message, text);
    return true;
  });
}

for (const limit of limits) {
  describe(limit.name, () => {
    for (const [name, way] of Object.entries(ways)) {
      test(name, async () => {
        const world = await makeWorld();
        const set = (value: number) => write((tx) => limit.set(tx, world, value));
        const exact = (limit.used + way.count) * limit.unit;
        await set(exact - 1);
        await refuses(() => way.run(world), limit.text);
        assert.deepEqual(await useOf(world.ada), [sizeBytes, 1], 'a refusal leaves nothing');
        await checkCounters(world.ada);
        await set(exact);
        await way.run(world);
        await refuses(() => way.run(world), limit.text);
        assert.deepEqual(await useOf(world.ada), [(1 + way.count) * sizeBytes, 1 + way.count]);
        // Lower than what is there: nothing goes, nothing comes.
        await set(1);
        await refuses(() => way.run(world), limit.text);
        await set(0);
        await way.run(world);
        await checkCounters(world.ada);
        await checkCounters(world.bob);
      });
    }

    test('room that is given back, and moving, which takes none', async () => {
      const world = await makeWorld();
      await write((tx) => limit.set(tx, world, limit.used * limit.unit));
      const inbox = await mailboxOf(world.ada, 'INBOX');
      const archive = await mailboxOf(world.ada, 'Archive');
      const moved = await moveMessages(world.ada, inbox.id, [1], archive.id);
      await refuses(() => ways.append!.run(world), limit.text);
      await removeMessages(
        world.ada,
        archive.id,
        moved.pairs.map(([, uid]) => uid),
      );
      assert.deepEqual(await useOf(world.ada), [0, 0]);
      await ways.append!.run(world);
      await refuses(() => ways.append!.run(world), limit.text);
    });

    test('what was deleted does not count, until it is restored', async () => {
      const world = await makeWorld();
      const { ada } = world;
      const set = (units: number) =>
        write((tx) => limit.set(tx, world, (limit.used + units) * limit.unit));
      const inbox = await mailboxOf(ada, 'INBOX');
      await removeMessages(ada, inbox.id, [1]);
      const deleted = await findRecoverable(ada, 'INBOX');
      assert.ok(deleted);
      const restore = () => restoreMessages(ada, deleted.id, null);
      await set(0);
      await ways.append!.run(world);
      await refuses(restore, limit.text);
      await refuses(() => moveMessages(ada, deleted.id, [1], inbox.id), limit.text);
      assert.deepEqual(await useOf(ada), [sizeBytes, 1]);
      await set(1);
      await restore();
      assert.deepEqual(await useOf(ada), [2 * sizeBytes, 2]);
      await refuses(() => ways.append!.run(world), limit.text);
    });

    test('what may exceed it is stored and counted', async () => {
      const world = await makeWorld();
      await write((tx) => limit.set(tx, world, 1));
      const inbox = await mailboxOf(world.ada, 'INBOX');
      const message = { ...(await makeHundred()), mayExceedQuota: true };
      await appendMessages(world.ada, inbox.id, [message]);
      assert.deepEqual(await useOf(world.ada), [2 * sizeBytes, 2]);
      await refuses(() => ways.append!.run(world), limit.text);
      await checkCounters(world.ada);
    });
  });
}

describe('the limits together', () => {
  test('own limit before the setting, 0 is none, also for messages', async () => {
    const { ada } = await makeWorld();
    await write(async (tx) => {
      await setSetting(tx, 'storage.defaultQuotaBytes', 1);
      await setSetting(tx, 'storage.defaultQuotaMessages', 2);
    });
    const limitsOf = async () => {
      const { limitBytes, limitMessages } = await readQuota(ada);
      return [limitBytes, limitMessages];
    };
    assert.deepEqual(await limitsOf(), [1, 2]);
    await write((tx) =>
      tx.account.update({ where: { id: ada }, data: { quotaBytes: 3, quotaMessages: 4 } }),
    );
    assert.deepEqual(await limitsOf(), [3, 4]);
    await write((tx) =>
      tx.account.update({ where: { id: ada }, data: { quotaBytes: 0, quotaMessages: 0 } }),
    );
    assert.deepEqual(await limitsOf(), [null, null]);
  });

  test('a domain shows what its accounts use, and only with a limit', async () => {
    const { ada, bob, domain, domainId } = await makeWorld();
    const stranger = (await makeWorld()).ada;
    assert.equal((await readQuota(ada)).domain, null);
    await write((tx) => tx.domain.update({ where: { id: domainId }, data: { quotaMessages: 9 } }));
    const quotas = await readQuotas([ada, bob, stranger, 'nobody']);
    const room = { limitBytes: null, usedBytes: 200, limitMessages: 9, usedMessages: 2 };
    assert.deepEqual(quotas.get(ada)?.domain, { name: domain, ...room });
    assert.deepEqual(quotas.get(bob)?.domain, { name: domain, ...room });
    assert.equal(quotas.get(stranger)?.domain, null);
    assert.equal(quotas.size, 3);
  });

  test('more than 32 bits', async () => {
    const { ada, domainId } = await makeWorld();
    await write(async (tx) => {
      await tx.account.update({ where: { id: ada }, data: { usedBytes: 2 ** 45 } });
      await tx.domain.update({ where: { id: domainId }, data: { quotaBytes: 2n ** 46n } });
    });
    const { domain } = await readQuota(ada);
    assert.deepEqual([domain?.limitBytes, domain?.usedBytes], [2 ** 46, 2 ** 45 + sizeBytes]);
    await ways.append!.run({ ada } as World);
  });
});

describe('at the same time', () => {
  const rooms = 23;

  async function makeNearlyFull(): Promise<{ domainId: string; ids: string[] }> {
    const { domainId, domain, ada, bob } = await makeWorld();
    const ids = [ada, bob];
    while (ids.length < 5) ids.push(await makeAccountIn(domainId, domain));
    const data = { quotaBytes: (2 + rooms) * sizeBytes, quotaMessages: 2 + rooms + 1 };
    await write((tx) => tx.domain.update({ where: { id: domainId }, data }));
    return { domainId, ids };
  }

  async function checkFull(domainId: string, ids: string[], stored: number): Promise<void> {
    assert.equal(stored, rooms);
    const { _sum } = await db.account.aggregate({
      where: { domainId },
      _sum: { usedBytes: true, usedMessages: true },
    });
    assert.equal(Number(_sum.usedBytes), (2 + rooms) * sizeBytes);
    for (const id of ids) await checkCounters(id);
  }

  test('fifty into one domain: as many as fit', async () => {
    const { domainId, ids } = await makeNearlyFull();
    const message = await makeHundred();
    const inboxes = new Map<string, string>();
    for (const id of ids) inboxes.set(id, (await mailboxOf(id, 'INBOX')).id);
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => {
        const id = ids[index % ids.length]!;
        return appendMessages(id, inboxes.get(id)!, [message]);
      }),
    );
    const stored = settled.filter(({ status }) => status === 'fulfilled').length;
    await checkFull(domainId, ids, stored);
  });

  test('two processes, deliveries and copies: as many as fit', async () => {
    const { domainId, ids } = await makeNearlyFull();
    const [ada, bob, ...others] = ids as [string, string, ...string[]];
    // Nobody's account is the other's: only the row of the domain stands between them.
    const rivals = [makeRival([ada, ...others.slice(0, 1)]), makeRival([bob, ...others.slice(1)])];
    await Promise.all(rivals.map(({ isReady }) => isReady));
    const counts = await Promise.all(rivals.map(({ run }) => run()));
    await checkFull(domainId, ids, counts[0]! + counts[1]!);
  });
});

/** Another process that puts 50 messages into those INBOXes; `run` tells how many were taken. */
function makeRival(ids: string[]): { isReady: Promise<void>; run(): Promise<number> } {
  const child = fork(new URL('quota-rival.ts', import.meta.url), ids, { execArgv: [] });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    // Its last word may come after its exit, and before this.
    child.once('close', (code) => reject(new Error(`the rival ended: ${code}`)));
  });
  const hear = async () => (await Promise.race([once(child, 'message'), ended]))[0] as unknown;
  return {
    isReady: hear().then(() => undefined),
    run: async () => {
      child.send('go');
      return Number(await hear());
    },
  };
}

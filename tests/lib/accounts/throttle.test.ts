// What counts failed logins: growing delay, blocks that grow, events, lifting, and who is not held up by an attack.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { addAccount, setPassword } from '#lib/accounts/account.ts';
import {
  type BlockFilter,
  type BlockOrder,
  liftBlocks,
  listBlockPage,
  listBlocks,
  walkBlocks,
} from '#lib/accounts/block-list.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import {
  type Attempt,
  liftBlock,
  readOpening,
  recordFailure,
  recordSuccess,
  removeSpent,
} from '#lib/accounts/throttle.ts';
import { freezeClock, fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
const limit = 3;
const account = 'anna@example.test';
const minuteMs = 60_000;
before(async () => {
  await writeSetting('security.maxLoginFailures', limit, 'test');
  await writeSetting('security.loginWindowMinutes', 15, 'test');
});
beforeEach(async () => {
  freezeClock(new Date('2026-11-20T10:00:00Z'));
  await write((tx) => tx.loginThrottle.deleteMany());
  await write((tx) => tx.trailEvent.deleteMany());
});
afterEach(() => freezeClock(null));
after(() => database.close());

async function fail(attempt: { remote: string; account?: string; device?: string }, times = limit) {
  for (let count = 0; count < times; count++) await recordFailure({ account, ...attempt });
}
const isThrottled = async (attempt: Attempt) => (await readOpening(attempt)) !== null;
const pass = (ms: number) => freezeClock(new Date(now().getTime() + ms));
const blocksOf = async () => (await listBlocks()).map(({ kind, subject }) => `${kind} ${subject}`);

describe('failed logins', () => {
  it('make the next answer wait longer, up to fifteen seconds', async () => {
    await writeSetting('security.maxLoginFailures', 100, 'test');
    await writeSetting('security.failureDelayMs', 2000, 'test');
    const delays: number[] = [];
    for (let count = 0; count < 12; count++) {
      delays.push(await recordFailure({ remote: '192.0.2.1', account: `user${count}@x.test` }));
    }
    assert.deepEqual(delays.slice(0, 4), [2000, 4000, 6000, 8000]);
    assert.equal(delays.at(-1), 15_000);
    assert.equal(
      await recordFailure({ remote: '192.0.2.2', account }),
      2000,
      'another begins anew',
    );
    await writeSetting('security.failureDelayMs', 0, 'test');
    assert.equal(await recordFailure({ remote: '192.0.2.1', account }), 0);
    await writeSetting('security.maxLoginFailures', limit, 'test');
  });

  it('close an address for a window, then for twice as long, and forget it after a quiet day', async () => {
    const attempt = { remote: '192.0.2.1', account };
    for (const minutes of [15, 30, 60]) {
      await fail(attempt, limit - 1);
      assert.equal(await isThrottled(attempt), false);
      await fail(attempt, 1);
      assert.equal(await isThrottled(attempt), true);
      const [block] = await listBlocks();
      const until = fromNow(minutes * minuteMs);
      assert.deepEqual([block?.until, await readOpening(attempt)], [until, until]);
      pass(minutes * minuteMs);
      assert.equal(await isThrottled(attempt), false);
    }
    pass(25 * 60 * minuteMs);
    await fail(attempt);
    const [block] = await listBlocks();
    assert.equal(block?.until.getTime(), fromNow(15 * minuteMs).getTime());
    assert.equal(block?.blocks, 1);
  });

  it('say when they open: the last of those that count, and where the limit was lowered the window', async () => {
    const attempt = { remote: '192.0.2.1', account };
    await writeSetting('security.maxLoginFailures', limit + 1, 'test');
    await fail(attempt, limit);
    assert.equal(await readOpening(attempt), null);
    pass(minuteMs);
    await writeSetting('security.maxLoginFailures', limit, 'test');
    assert.deepEqual(await readOpening(attempt), fromNow(14 * minuteMs));
    await fail({ remote: '192.0.2.2' }, 9 * limit);
    assert.deepEqual(await readOpening(attempt), fromNow(15 * minuteMs), 'the account');
  });

  it('never close for longer than a day', async () => {
    const attempt = { remote: '192.0.2.1', account };
    for (let count = 0; count < 12; count++) {
      await fail(attempt);
      const [block] = await listBlocks();
      const ms = (block?.until.getTime() ?? 0) - now().getTime();
      assert.ok(ms <= 86_400_000, `${ms} ms`);
      pass(ms);
    }
  });

  it('of neighbours count together: a /64, and a /48 with room for ten times as many', async () => {
    await fail({ remote: '2001:db8:1:1::5' }, 1);
    await fail({ remote: '2001:db8:1:1:ffff::6', account: 'ben@example.test' }, limit - 1);
    assert.deepEqual(await blocksOf(), ['address 2001:db8:1:1::/64']);
    for (let net = 2; net <= 10; net++)
      await fail({ remote: `2001:db8:1:${net}::1`, account: `u${net}@x.test` });
    assert.ok((await blocksOf()).includes('network 2001:db8:1::/48'));
    assert.equal(await isThrottled({ remote: '2001:db8:1:ff::1', account: 'x@x.test' }), true);
    assert.equal(await isThrottled({ remote: '2001:db8:2:1::1', account: 'x@x.test' }), false);
    assert.equal(await isThrottled({ remote: '192.0.2.3', account: 'x@x.test' }), false);
  });

  it('leave an event when something closes, and one when it is lifted', async () => {
    await fail({ remote: '192.0.2.1' });
    await fail({ remote: '192.0.2.1' }, 2);
    await flushTrail();
    const blocked = await db.trailEvent.findMany({ where: { kind: 'login-blocked' } });
    assert.equal(blocked.length, 1);
    assert.deepEqual(
      [blocked[0]?.sender, blocked[0]?.remote, blocked[0]?.reason],
      [account, '192.0.2.1', 'address'],
    );
    assert.match(blocked[0]?.text ?? '', /192\.0\.2\.1 is closed for 15 minutes after 3 failed/);
    assert.deepEqual(await liftBlock('192.0.2.1', 'admin@x.test'), ['192.0.2.1']);
    assert.equal(await isThrottled({ remote: '192.0.2.1', account }), false);
    await flushTrail();
    const lifted = await db.trailEvent.findMany({ where: { kind: 'changed' } });
    assert.deepEqual(
      lifted.map(({ sender, recipient, text }) => [sender, recipient, text]),
      [['admin@x.test', 'sign-in block of address 192.0.2.1', 'lifted']],
    );
    assert.deepEqual(await liftBlock('192.0.2.1', 'admin@x.test'), []);
  });

  it('stand in a list that is searched, cut into pages, and lifted as a whole', async () => {
    for (const last of [1, 2, 3]) {
      await fail({ remote: `192.0.2.${last}`, account: `u${last}@x.test` });
      pass(minuteMs);
    }
    await fail({ remote: '2001:db8::1', account: 'u4@x.test' });
    const seen = async (ask: BlockFilter & { order?: BlockOrder; isDescending?: boolean }) =>
      (await listBlockPage(ask)).rows.map(({ subject }) => subject);
    const last = '2001:db8:0:0::/64';
    assert.deepEqual(await seen({}), ['192.0.2.1', '192.0.2.2', '192.0.2.3', last]);
    assert.deepEqual(await seen({ search: '0.2.2' }), ['192.0.2.2']);
    assert.deepEqual(await seen({ search: 'address' }), []);
    assert.deepEqual(await seen({ kind: 'account' }), []);
    const page = await listBlockPage({ isDescending: true, pageSize: 1 });
    assert.deepEqual([page.total, page.rows[0]?.subject], [4, last]);
    const second = await listBlockPage({ isDescending: true, pageSize: 1, after: page.next! });
    assert.equal(second.rows[0]?.subject, '192.0.2.3');
    assert.equal((await Array.fromAsync(walkBlocks({ kind: 'address' }))).length, 4);
    const chosen = await liftBlocks({ ids: page.rows.map(({ id }) => id) }, 'admin@x.test');
    const found = await liftBlocks({ filter: { search: '192.0.2.' } }, 'admin@x.test');
    assert.deepEqual([chosen.done, found.done, await seen({})], [1, 3, []]);
  });

  it('are lifted by any name of what is closed', async () => {
    await fail({ remote: '2001:db8::1' });
    assert.deepEqual(await liftBlock('2001:db8::77', 'test'), ['2001:db8:0:0::/64']);
    await fail({ remote: '192.0.2.9' });
    const [block] = await listBlocks();
    assert.deepEqual(await liftBlock(block?.id ?? '', 'test'), ['192.0.2.9']);
    for (let count = 0; count < 10; count++) await fail({ remote: `198.51.100.${count}` });
    assert.deepEqual(await liftBlock('Anna@Example.test', 'test'), [account]);
  });

  it('of strangers hold up neither known addresses nor known browsers', async () => {
    const device = 'a'.repeat(24);
    await recordSuccess({ remote: '203.0.113.1', account });
    await recordSuccess({ remote: '203.0.113.2', account, device });
    for (let count = 0; count < 10; count++) await fail({ remote: `198.51.100.${count}` });
    assert.equal(await isThrottled({ remote: '203.0.113.50', account }), true, 'a stranger');
    assert.equal(await isThrottled({ remote: '203.0.113.1', account }), false, 'at home');
    assert.equal(
      await isThrottled({ remote: '198.51.100.77', account, device }),
      false,
      'on a trip',
    );
    assert.equal(
      await isThrottled({ remote: '198.51.100.1', account, device }),
      false,
      "at the attacker's",
    );
    const other = 'ben@example.test';
    assert.equal(await isThrottled({ remote: '198.51.100.1', account: other, device }), true);
    // A good sign-in of the owner does not open the account to the strangers.
    await recordSuccess({ remote: '203.0.113.1', account });
    assert.equal(await isThrottled({ remote: '203.0.113.50', account }), true);
  });

  it('of a known browser count for it alone, and it has no more than others', async () => {
    const device = 'b'.repeat(24);
    await recordSuccess({ remote: '203.0.113.2', account, device });
    await fail({ remote: '203.0.113.3', device }, limit - 1);
    assert.equal(await isThrottled({ remote: '203.0.113.3', account, device }), false);
    await recordSuccess({ remote: '203.0.113.3', account, device });
    await fail({ remote: '203.0.113.3', device }, limit);
    const attempt = { remote: '203.0.113.3', account, device };
    assert.equal(await isThrottled(attempt), true, 'stolen');
    assert.deepEqual(await blocksOf(), [`browser ${account}`]);
    assert.equal((await listBlockPage({ kind: 'browser', search: 'anna' })).total, 1);
    assert.deepEqual(await liftBlock(account, 'test'), [account]);
    assert.equal(await isThrottled(attempt), false, 'lifted');
    await fail(attempt);
    assert.equal(await isThrottled(attempt), true);
    pass(30 * minuteMs);
    assert.equal(await isThrottled(attempt), false, 'opens by itself, as all others');
    await fail(attempt);
    assert.equal(await isThrottled(attempt), true, 'and known as before');
    assert.equal(await isThrottled({ remote: '203.0.113.4', account }), false);
    const rows = await db.loginThrottle.findMany();
    assert.ok(
      rows.every(({ id }) => !id.includes(device)),
      'its name is hashed',
    );
  });

  it('with a name nobody has seen are those of a stranger', async () => {
    await fail({ remote: '192.0.2.1', device: 'c'.repeat(24) });
    assert.equal(await isThrottled({ remote: '192.0.2.1', account, device: 'd'.repeat(24) }), true);
  });

  it('make nobody known for ever: a new password, and time', async () => {
    await addDomain({ name: 'example.test' }, 'test');
    const { id } = await addAccount({ address: account, password: 'a long password' }, 'test');
    const device = 'e'.repeat(24);
    await recordSuccess({ remote: '203.0.113.1', account, device });
    await recordSuccess({ remote: '203.0.113.1', account: `x${account}`, device });
    await setPassword(id, 'another long one', 'test');
    assert.equal(await db.loginThrottle.count(), 2, 'another account keeps its own');
    pass(31 * 86_400_000);
    assert.equal(await removeSpent(), 2);
  });

  it('answer alike, closed or not, whether the account exists', async () => {
    const tryIn = (address: string) =>
      signIn({ address, password: 'wrong', remote: '192.0.2.20', protocol: 'imap' }).then(
        () => 'in',
        (error) => (isRefusal(error) ? `${error.reason} ${error.message}` : String(error)),
      );
    const words: string[][] = [];
    for (const address of [account, 'nobody@example.test', 'nobody@nowhere.test']) {
      await write((tx) => tx.loginThrottle.deleteMany());
      const said: string[] = [];
      for (let count = 0; count <= limit; count++) said.push(await tryIn(address));
      words.push(said);
    }
    assert.deepEqual(words[1], words[0]);
    assert.deepEqual(words[2], words[0]);
    assert.match(words[0]?.at(-1) ?? '', /^throttled/);
  });
});

// An administrator signed in as a user: who may, how long, what ends it, and what the user is told.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, addAccount, setPassword, updateAccount } from '#lib/accounts/account.ts';
import { checkActing, endActing, startActing } from '#lib/accounts/acting.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { listTold } from '#lib/accounts/told-user.ts';
import {
  checkWebSession,
  endOtherWebSessions,
  listWebSessions,
} from '#lib/accounts/web-session.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { isRefusal } from '#lib/errors.ts';
import { saveRule } from '#lib/filters/rules.ts';
import { saveVacation } from '#lib/filters/vacation.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'test';
const origin = { remote: '192.0.2.1', agent: 'test' };

describe('signing in as a user', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let root: Account;
  let dora: Account;
  let uma: Account;

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    const add = (local: string, role: 'admin' | 'user') =>
      addAccount({ address: `${local}@example.test`, password: 'eleven brown leaves', role }, by);
    root = await add('root', 'admin');
    uma = await add('uma', 'user');
    dora = await add('dora', 'user');
    await giveRole(dora.id, { role: 'domain-admin', domains: ['example.test'] }, by);
    dora = { ...dora, role: 'domain-admin' };
  });
  after(() => database.close());

  const refusals: [
    why: string,
    actor: () => Account,
    user: () => string,
    reason: 'forbidden' | 'not-found',
  ][] = [
    ['a domain admin may not', () => dora, () => uma.id, 'forbidden'],
    ['a user may not', () => uma, () => dora.id, 'forbidden'],
    ['nobody as somebody with a role', () => root, () => dora.id, 'forbidden'],
    ['nobody as oneself', () => root, () => root.id, 'forbidden'],
    ['nobody as one who is not there', () => root, () => 'nobody', 'not-found'],
  ];
  for (const [why, actor, user, reason] of refusals) {
    it(why, async () => {
      await assert.rejects(startActing(actor(), user(), origin), (error) =>
        isRefusal(error, reason),
      );
    });
  }

  it('is refused for disabled users and where it is switched off', async () => {
    await updateAccount(uma.id, { isDisabled: true }, by);
    await assert.rejects(startActing(root, uma.id, origin), (error) =>
      isRefusal(error, 'forbidden'),
    );
    uma = await updateAccount(uma.id, { isDisabled: false }, by);
    await writeSetting('security.signInAsMinutes', 0, by);
    await assert.rejects(startActing(root, uma.id, origin), (error) =>
      isRefusal(error, 'forbidden'),
    );
    await resetSetting('security.signInAsMinutes', by);
  });

  it('lasts for its minutes, for that administrator alone', async () => {
    const claims = await startActing(root, uma.id, origin);
    assert.equal((await checkActing(claims, root))?.account.address, uma.address);
    assert.equal(await checkWebSession(claims), null, 'nobody is the user by it alone');
    assert.equal(await checkActing(claims, { ...root, id: 'another' }), null);
    assert.equal(await checkActing(claims, { ...root, role: 'user' }), null);
    const [session] = await listWebSessions(uma.id);
    assert.equal(session?.actor, root.address);
    freezeClock(new Date(now().getTime() + 15 * 60_000));
    try {
      assert.equal(await checkActing(claims, root), null);
    } finally {
      freezeClock(null);
    }
  });

  it('ends by the user, by a new password, and by leaving', async () => {
    const first = await startActing(root, uma.id, origin);
    await endOtherWebSessions(uma.id, 'the own one');
    assert.equal(await checkActing(first, root), null);
    const second = await startActing(root, uma.id, origin);
    await setPassword(uma.id, 'twelve green leaves', by);
    assert.equal(await checkActing(second, root), null);
    const third = await startActing(root, uma.id, origin);
    const acting = await checkActing(third, root);
    await endActing(acting!, root);
    assert.equal(await checkActing(third, root), null);
    assert.equal((await listWebSessions(uma.id)).length, 0);
  });

  it('is told to the user and in the trail', async () => {
    const times = await listTold(uma.id);
    assert.ok(times.length >= 4);
    assert.deepEqual([times[0]?.actor, times[0]?.remote], ['root@example.test', '192.0.2.1']);
    await saveRule(
      uma.id,
      { name: 'F', conditions: [], actions: [{ do: 'forward', address: 'x@outside.test' }] },
      null,
      root.address,
    );
    await saveVacation(uma.id, { isOn: true, text: 'Away' }, root.address);
    assert.deepEqual(
      (await listTold(uma.id))
        .slice(0, 2)
        .map(({ reason, actor }) => [reason, actor])
        .sort(),
      [
        ['admin-forwarding', root.address],
        ['admin-vacation', root.address],
      ],
    );
    const events = await listEvents({ accountId: uma.id });
    const texts = events.map(({ text }) => text).join('\n');
    assert.match(texts, /root@example\.test signed in as uma@example\.test for 15 minutes/);
    assert.match(texts, /left the session of the user/);
  });
});

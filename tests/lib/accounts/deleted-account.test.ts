// Deleted users: closed at once, there again when restored, gone when their time is over; and many at a time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, addAccount, findAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, findAlias } from '#lib/accounts/alias.ts';
import { changeAliases } from '#lib/accounts/bulk-aliases.ts';
import { changeUsers } from '#lib/accounts/bulk-users.ts';
import {
  deleteAccount,
  purgeDeletedAccounts,
  readPurgeTime,
  restoreAccount,
} from '#lib/accounts/deleted-account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { resolveRecipient } from '#lib/accounts/route.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'test';
const password = 'eleven brown leaves';
const dayMs = 24 * 3_600_000;
const at = (local: string, domain = 'example.test') => `${local}@${domain}`;
const refused = (reason: Parameters<typeof isRefusal>[1]) => (error: unknown) =>
  isRefusal(error, reason);

describe('deleted users', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let root: Account & Staff;
  let dora: Account & Staff;
  const add = (address: string) => addAccount({ address, password }, by);

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addDomain({ name: 'other.test' }, by);
    const admin = await addAccount({ address: at('root'), password, role: 'admin' }, by);
    root = await readStaff(admin);
    const { id } = await add(at('dora'));
    await giveRole(id, { role: 'domain-admin', domains: ['example.test'] }, by);
    dora = await readStaff((await findAccount(at('dora')))!);
  });
  after(() => database.close());

  const enter = (address: string) =>
    signIn({ address, password, remote: '192.0.2.7', protocol: 'imap' });

  it('are closed, and their addresses stay taken', async () => {
    const ada = await add(at('ada'));
    await deleteAccount(ada.id, by);
    await assert.rejects(enter(ada.address), refused('auth-failed'));
    assert.equal((await resolveRecipient(ada.address, '+')).status, 'disabled');
    await assert.rejects(add(ada.address), /was deleted and can be restored/);
    await assert.rejects(deleteAccount(ada.id, by), refused('conflict'));
    await assert.rejects(updateAccount(ada.id, { isDisabled: false }, by), refused('conflict'));
    const purgeTime = await readPurgeTime((await findAccount(ada.address))!);
    assert.ok(purgeTime && purgeTime.getTime() > now().getTime() + 13 * dayMs);
  });

  it('come back with their password, disabled where they were', async () => {
    const ada = await findAccount(at('ada'));
    await restoreAccount(ada!.id, by);
    assert.equal((await enter(at('ada'))).address, at('ada'));
    await assert.rejects(restoreAccount(ada!.id, by), refused('conflict'));
    const ben = await add(at('ben'));
    await updateAccount(ben.id, { isDisabled: true }, by);
    await deleteAccount(ben.id, by);
    assert.equal((await restoreAccount(ben.id, by)).isDisabled, true);
  });

  it('go for good when their time is over, and not before', async () => {
    const ada = await findAccount(at('ada'));
    await deleteAccount(ada!.id, by);
    assert.deepEqual(await purgeDeletedAccounts(), { users: 0 });
    freezeClock(new Date(now().getTime() + 14 * dayMs));
    try {
      assert.deepEqual(await purgeDeletedAccounts(), { users: 1 });
    } finally {
      freezeClock(null);
    }
    assert.equal(await findAccount(at('ada')), null);
    assert.ok(await findAccount(at('ben')));
  });

  it('go at once where nothing is kept', async () => {
    await writeSetting('storage.deletedUserDays', 0, by);
    const eve = await add(at('eve'));
    await deleteAccount(eve.id, by);
    assert.equal(await findAccount(at('eve')), null);
    await resetSetting('storage.deletedUserDays', by);
  });

  it('never are the last administrator', async () => {
    await assert.rejects(deleteAccount(root.id, by), refused('forbidden'));
  });

  it('are deleted, restored and changed together', async () => {
    const people = await Promise.all(['x1', 'x2', 'x3'].map((local) => add(at(local))));
    const stranger = await add(at('y1', 'other.test'));
    const ids = [...people, stranger, dora].map(({ id }) => id);
    const report = await changeUsers(dora, { ids }, { do: 'disable' });
    assert.equal(report.done, 3);
    assert.equal(report.refused, 2);
    // Of another domain nothing is told, not even the address.
    assert.deepEqual(report.reasons.map(({ address }) => address).sort(), ['', '']);
    const filter = { search: 'x' };
    await changeUsers(root, { filter }, { do: 'quota', quotaBytes: 5000 });
    await changeUsers(root, { filter }, { do: 'must-change' });
    await changeUsers(root, { filter }, { do: 'enable' });
    const x2 = await findAccount(at('x2'));
    assert.deepEqual([x2?.quotaBytes, x2?.mustChange, x2?.isDisabled], [5000, true, false]);
    assert.equal((await changeUsers(root, { filter }, { do: 'delete' })).done >= 3, true);
    assert.ok((await findAccount(at('x2')))?.deletedAt);
    const deleted = { ...filter, state: 'deleted' as const };
    await changeUsers(root, { filter: deleted }, { do: 'restore' });
    assert.equal((await findAccount(at('x2')))?.deletedAt, null);
    assert.equal((await findAccount(at('y1', 'other.test')))?.isDisabled, false);
  });

  it('join a group together, of own domains alone', async () => {
    await addAlias({ address: at('team'), targets: ['a@outside.test'] }, by);
    await addAlias({ address: at('team', 'other.test'), targets: ['a@outside.test'] }, by);
    const ids = (await db.account.findMany({ where: { address: { startsWith: 'x' } } })).map(
      ({ id }) => id,
    );
    const report = await changeUsers(dora, { ids }, { do: 'join', alias: at('team') });
    assert.equal(report.done, 3);
    assert.equal((await findAlias(at('team')))?.targets.length, 4);
    await assert.rejects(
      changeUsers(dora, { ids }, { do: 'join', alias: at('team', 'other.test') }),
      refused('not-found'),
    );
  });

  it('aliases are changed together, of own domains alone', async () => {
    const rows = await db.alias.findMany();
    const report = await changeAliases(dora, { ids: rows.map(({ id }) => id) }, 'disable');
    assert.deepEqual([report.done, report.refused, report.reasons[0]?.address], [1, 1, '']);
    assert.equal((await findAlias(at('team')))?.isDisabled, true);
    assert.equal(
      (await changeAliases(root, { filter: { domain: 'other.test' } }, 'remove')).done,
      1,
    );
    assert.equal(await findAlias(at('team', 'other.test')), null);
  });
});

// Roles: who looks after which domains, what ends with a change, and what of the trail belongs to a domain.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Account,
  addAccount,
  readAccount,
  removeAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { listAccounts } from '#lib/accounts/account-list.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { addDomain, removeDomain } from '#lib/accounts/domain.ts';
import { listDomains } from '#lib/accounts/domain-list.ts';
import { isFreshSignIn, requireSelf } from '#lib/accounts/own-password.ts';
import { createPasswordLink } from '#lib/accounts/password-link.ts';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import { readRole } from '#lib/accounts/role.ts';
import { giveRole, listCharges, listStaff } from '#lib/accounts/role-change.ts';
import { addSharedMailbox, listSharedMailboxes } from '#lib/accounts/shared.ts';
import { namesOf, readStaff, requireUserOf } from '#lib/accounts/staff.ts';
import { listWebSessions, startWebSession } from '#lib/accounts/web-session.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { listHeldSenders } from '#lib/queue/sending-hold.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail, recordEvent } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';
const browser = { remote: '192.0.2.1', agent: '', isProven: false };

describe('roles', () => {
  let close: () => Promise<void>;
  let root: Account;
  let dora: Account;
  let ben: Account;
  const add = (address: string, role?: 'admin') => addAccount({ address, password, role }, 'test');
  const scopeOf = async ({ id }: Account) => {
    const account = await readAccount(id);
    assert.ok(account);
    return namesOf((await readStaff(account)).scope);
  };

  before(async () => {
    close = (await openTestDatabase()).close;
    for (const name of ['one.test', 'two.test', 'three.test']) await addDomain({ name }, 'test');
    root = await add('root@one.test', 'admin');
    dora = await add('dora@one.test');
    ben = await add('ben@two.test');
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  it('give what the list says, and super admins everything', () => {
    const cases: [Permission | null, boolean, boolean][] = [
      ['passwords', true, true],
      ['trail', true, true],
      ['users', true, false],
      ['queue', true, false],
      [null, false, false],
    ];
    for (const [permission, domainAdmin, helpDesk] of cases) {
      assert.equal(mayRole('admin', permission), true);
      assert.equal(mayRole('domain-admin', permission), domainAdmin);
      assert.equal(mayRole('help-desk', permission), helpDesk);
      assert.equal(mayRole('user', permission), false);
    }
    assert.equal(readRole('something newer'), 'user');
  });

  it('hold for the domains given, end sessions and links, and leave an event', async () => {
    assert.deepEqual(await scopeOf(dora), []);
    await startWebSession(dora.id, browser);
    await createPasswordLink(dora.id, 'help desk');
    const wanted = { role: 'domain-admin', domains: ['two.test', 'one.test', 'TWO.test'] } as const;
    await giveRole(dora.id, { ...wanted, domains: [...wanted.domains] }, root.address);
    assert.deepEqual(await scopeOf(dora), ['one.test', 'two.test']);
    assert.deepEqual(await listWebSessions(dora.id), []);
    assert.equal(await db.oneTimeToken.count({ where: { accountId: dora.id } }), 0);
    assert.equal((await readAccount(dora.id))?.epoch, dora.epoch + 1);
    const [event] = await listEvents({ search: 'role of dora' });
    assert.equal(event?.text, 'Domain admin of two.test, one.test, two.test; before: User');
    // The same again ends nothing.
    await giveRole(dora.id, { role: 'domain-admin', domains: ['one.test', 'two.test'] }, 'test');
    assert.equal((await readAccount(dora.id))?.epoch, dora.epoch + 1);
  });

  it('reach neither other domains nor those with a role', async () => {
    const staff = await readStaff({ ...dora, role: 'domain-admin' });
    assert.equal((await requireUserOf(staff, ben.id)).id, ben.id);
    await assert.rejects(requireUserOf(staff, root.id), { reason: 'forbidden' });
    await assert.rejects(requireUserOf(staff, dora.id), { reason: 'forbidden' });
    await giveRole(dora.id, { role: 'help-desk', domains: ['one.test'] }, 'test');
    const less = await readStaff({ ...dora, role: 'help-desk' });
    await assert.rejects(requireUserOf(less, ben.id), { reason: 'not-found' });
  });

  it('refuse what is no domain, no role, or leaves no super admin', async () => {
    const give = (id: string, role: string, domains: string[] = []) =>
      giveRole(id, { role: role as 'user', domains }, 'test');
    await assert.rejects(give(dora.id, 'help-desk', ['none.test']), { reason: 'not-found' });
    await assert.rejects(give(dora.id, 'king'), { reason: 'invalid' });
    await assert.rejects(give('nobody', 'user'), { reason: 'not-found' });
    await assert.rejects(give(root.id, 'domain-admin', ['one.test']), { reason: 'forbidden' });
    await assert.rejects(updateAccount(root.id, { isDisabled: true }, 'test'), {
      reason: 'forbidden',
    });
    assert.deepEqual(
      (await listStaff()).map(({ address, role, domains }) => [address, role, domains]),
      [
        ['root@one.test', 'admin', []],
        ['dora@one.test', 'help-desk', ['one.test']],
      ],
    );
  });

  it('go with the role, the domain and the account', async () => {
    await giveRole(ben.id, { role: 'help-desk', domains: ['two.test', 'three.test'] }, 'test');
    await removeDomain('three.test', 'test');
    assert.deepEqual(await listCharges(ben.id), ['two.test']);
    await giveRole(ben.id, { role: 'user', domains: ['two.test'] }, 'test');
    assert.deepEqual(await listCharges(ben.id), []);
    await giveRole(ben.id, { role: 'help-desk', domains: ['two.test'] }, 'test');
    await removeAccount(ben.id, 'test');
    assert.equal(await db.charge.count({ where: { accountId: ben.id } }), 0);
  });

  it('without a domain show nothing', async () => {
    await addAlias({ address: 'info@one.test', targets: [root.address] }, 'test');
    await addSharedMailbox({ address: 'team@one.test' }, 'test');
    assert.equal((await listAccounts({ domainIds: [] })).total, 0);
    assert.deepEqual(await listAliases({ domainIds: [] }), []);
    assert.deepEqual(await listSharedMailboxes({ domainIds: [] }), []);
    assert.deepEqual(await listDomains([]), []);
    assert.equal((await listQueue({ domainIds: [] })).total, 0);
    assert.deepEqual(await listHeldSenders([]), []);
    assert.deepEqual(await listEvents({ domains: [] }), []);
  });

  it('show of the trail what concerns the domain', async () => {
    const event = { traceId: 'told', text: 'told' } as const;
    recordEvent({ ...event, kind: 'refused', sender: 'x@outside.test', recipient: 'a@one.test' });
    recordEvent({ ...event, kind: 'sent', sender: 'a@one.test', recipient: 'x@outside.test' });
    recordEvent({ ...event, kind: 'changed', sender: 'b@two.test', recipient: 'user a@one.test' });
    recordEvent({ ...event, kind: 'changed', sender: root.address, recipient: 'domain one.test' });
    const hidden = { traceId: 'hidden', text: 'hidden' } as const;
    for (const recipient of ['setting x', 'role of a@one.test', 'user a@two.test', 'queue']) {
      recordEvent({ ...hidden, kind: 'changed', sender: root.address, recipient });
    }
    recordEvent({ ...hidden, kind: 'sent', sender: 'a@none.test', recipient: 'b@alone.test' });
    await flushTrail();
    const seen = async (traceId: string) =>
      (await listEvents({ traceId, domains: ['one.test'] })).length;
    assert.equal(await seen('told'), 4);
    assert.equal(await seen('hidden'), 0);
    assert.deepEqual(await listEvents({ domains: ['one.test'], search: 'hidden' }), []);
  });

  it('prove who is there by a fresh sign-in where another service keeps the password', async () => {
    const made = { address: 'olga@one.test', password: { stored: null } };
    const olga = await addAccount(made, 'OpenID provider');
    const ask = (account: Account, startedAt: Date | null, present = '') =>
      requireSelf({ account, present, remote: '192.0.2.9', session: startedAt && { startedAt } });
    await ask(olga, now());
    await assert.rejects(ask(olga, fromNow(-11 * 60_000)), { field: 'present' });
    await assert.rejects(ask(olga, null), { field: 'present' });
    assert.equal(isFreshSignIn({ startedAt: fromNow(-9 * 60_000) }), true);
    await writeSetting('security.failureDelayMs', 0, 'test');
    await assert.rejects(ask(root, now(), 'wrong'), { field: 'present' });
    await ask(root, null, password);
  });
});

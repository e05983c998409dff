// The lists of networks, access rules and domains in the panel: what is found, in which order, and what is done to many.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AccessFilter, findAccessRules } from '#lib/accounts/access-list.ts';
import { addAccessRule, moveAccessRule } from '#lib/accounts/access-rule.ts';
import { changeDomains } from '#lib/accounts/bulk-domains.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { listDomainPage } from '#lib/accounts/domain-list.ts';
import { addNetwork } from '#lib/accounts/network.ts';
import { listNetworkPage, removeNetworks, walkNetworks } from '#lib/accounts/network-list.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

describe('the list of networks', () => {
  it('is searched, put in order, cut into pages, and removed from', async () => {
    const wanted = { '192.0.2.0/24': 'Printers', '10.0.0.0/8': 'Office', '2001:db8::/32': '' };
    for (const [cidr, comment] of Object.entries(wanted)) {
      await addNetwork({ cidr, comment }, 'test');
    }
    const seen = async (ask: Parameters<typeof listNetworkPage>[0]) =>
      (await listNetworkPage(ask)).rows.map(({ cidr }) => cidr);
    assert.deepEqual(await seen({ search: 'PRINT' }), ['192.0.2.0/24']);
    assert.deepEqual(await seen({ search: 'db8' }), ['2001:db8::/32']);
    assert.deepEqual(await seen({ order: 'network' }), Object.keys(wanted).toSorted());
    const page = await listNetworkPage({ order: 'network', pageSize: 2 });
    assert.equal(page.total, 3);
    assert.deepEqual(await seen({ order: 'network', pageSize: 2, after: page.next! }), [
      '2001:db8::/32',
    ]);
    assert.equal((await removeNetworks({ filter: { search: 'office' } }, 'test')).done, 1);
    const ids = (await listNetworkPage()).rows.map(({ id }) => id);
    assert.equal((await removeNetworks({ ids }, 'test')).done, 2);
    assert.equal((await Array.fromAsync(walkNetworks())).length, 0);
  });
});

describe('the list of access rules', () => {
  before(async () => {
    const rule = { scope: 'sender', action: 'reject', comment: 'Nuisance' } as const;
    await addAccessRule({ ...rule, pattern: '@a.test', argument: 'Go away' }, 'test');
    await addAccessRule({ ...rule, pattern: '@b.test', isDisabled: true }, 'test');
    const last = await addAccessRule({ ...rule, pattern: '@c.test', action: 'accept' }, 'test');
    await moveAccessRule(last.id, 1, 'test');
    await addAccessRule({ scope: 'client', pattern: '192.0.2.1', action: 'defer' }, 'test');
  });
  const cases: [string, AccessFilter, string[]][] = [
    ['nothing', {}, ['1 192.0.2.1', '1 @c.test', '2 @a.test', '3 @b.test']],
    ['the words of the reply', { search: 'GO AWAY' }, ['2 @a.test']],
    ['the comment', { search: 'nuis' }, ['1 @c.test', '2 @a.test', '3 @b.test']],
    ['what it looks at', { scope: 'client' }, ['1 192.0.2.1']],
    ['the action', { action: 'accept' }, ['1 @c.test']],
    ['the state', { isDisabled: true }, ['3 @b.test']],
    ['several', { isDisabled: false, scope: 'sender', search: 'a.test' }, ['2 @a.test']],
  ];
  for (const [name, filter, expected] of cases) {
    it(`by ${name}: each with its place among all of its kind`, async () => {
      const found = await findAccessRules(filter);
      assert.deepEqual(
        found.map(({ place, pattern }) => `${place} ${pattern}`),
        expected,
      );
    });
  }

  it('knows the last of a kind, also where others are left out', async () => {
    const found = await findAccessRules({ search: '.test' });
    assert.deepEqual(
      found.map(({ isLast }) => isLast),
      [false, false, true],
    );
  });
});

describe('many domains', () => {
  it('are turned off and on, by their ids or all that a filter finds', async () => {
    for (const name of ['one.test', 'two.test', 'three.example']) await addDomain({ name }, 'test');
    const off = async () =>
      (await listDomainPage({ state: 'disabled' })).rows.map(({ name }) => name);
    const found = await changeDomains({ filter: { search: '.test' } }, 'disable', 'test');
    assert.deepEqual([found.done, await off()], [2, ['one.test', 'two.test']]);
    const ids = (await listDomainPage({ search: 'one' })).rows.map(({ id }) => id);
    assert.equal((await changeDomains({ ids }, 'enable', 'test')).done, 1);
    assert.deepEqual(await off(), ['two.test']);
  });
});

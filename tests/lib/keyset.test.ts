// Pages by key: every row once whatever comes and goes, equal keys, empty ones, both ways, any text.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, updateAccount } from '#lib/accounts/account.ts';
import {
  type AccountOrder,
  accountOrders,
  listAccounts,
  walkAccounts,
} from '#lib/accounts/account-list.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { listAliases, listAliasPage } from '#lib/accounts/alias-list.ts';
import { deleteAccount } from '#lib/accounts/deleted-account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { listDomainPage, walkDomains } from '#lib/accounts/domain-list.ts';
import { now } from '#lib/clock.ts';
import { db, sql, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { type List, type Order, walkKeys } from '#lib/keyset.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'test';

type Ask = Parameters<typeof listAccounts>[0];

async function collect(ask: Ask): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await listAccounts({ ...ask, after });
    found.push(...page.rows.map(({ address }) => address));
    after = page.next ?? undefined;
  } while (after);
  return found;
}

async function collectBackward(ask: Ask): Promise<string[]> {
  const found: string[] = [];
  let before: string | undefined = 'end';
  do {
    const page = await listAccounts({ ...ask, before });
    found.unshift(...page.rows.map(({ address }) => address));
    before = page.previous ?? undefined;
  } while (before);
  // The first page is always whole, so it may show some of the second again.
  return [...new Set(found)];
}

describe('keyset pages', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let domainId: string;

  before(async () => {
    database = await openTestDatabase();
    domainId = (await addDomain({ name: 'example.test' }, by)).id;
    await addDomain({ name: 'other.test' }, by);
    const names = ['', '', 'Ärzte', 'ärzte', 'Zoë', '王小明', 'አበበ', 'a_b', 'a%b', 'aXb'];
    const rows = Array.from({ length: 43 }, (_, number) => ({
      id: newId(),
      address: `u${String(number).padStart(2, '0')}@example.test`,
      domainId,
      displayName: names[number % names.length] ?? '',
      createdAt: now(),
      usedBytes: BigInt(number % 4) * 5_000_000_000n,
      lastLoginAt: number % 3 === 0 ? null : new Date(Date.UTC(2026, 0, 1 + (number % 5))),
    }));
    await write((tx) => tx.account.createMany({ data: rows }));
  });
  after(() => database.close());

  for (const order of Object.keys(accountOrders) as AccountOrder[]) {
    for (const isDescending of [false, true]) {
      it(`shows every row once by ${order}${isDescending ? ', falling' : ''}`, async () => {
        const whole = await collect({ order, isDescending, pageSize: 100 });
        assert.equal(new Set(whole).size, 43);
        for (const pageSize of [1, 7, 42, 43, 44]) {
          assert.deepEqual(await collect({ order, isDescending, pageSize }), whole);
        }
        assert.deepEqual(await collectBackward({ order, isDescending, pageSize: 5 }), whole);
        const values = (await listAccounts({ order, isDescending, pageSize: 100 })).rows.map(
          (row: Account) => accountOrders[order].valueOf(row),
        );
        const filled = values.filter((value) => value !== null);
        // What has no value stands last.
        assert.deepEqual(values.slice(0, filled.length), filled);
        for (const [index, value] of filled.slice(1).entries()) {
          const [one, other] = isDescending ? [value, filled[index]] : [filled[index], value];
          assert.ok((one as string) <= (other as string), `${String(one)} ${String(other)}`);
        }
      });
    }
  }

  it('goes back to where it came from', async () => {
    const first = await listAccounts({ order: 'seen', pageSize: 10 });
    const second = await listAccounts({ order: 'seen', pageSize: 10, after: first.next! });
    const third = await listAccounts({ order: 'seen', pageSize: 10, after: second.next! });
    const back = await listAccounts({ order: 'seen', pageSize: 10, before: third.previous! });
    assert.deepEqual(back.rows, second.rows);
    assert.equal(first.previous, null);
    assert.equal(first.total, 43);
  });

  it('stays where it is while rows come and go', async () => {
    const first = await listAccounts({ pageSize: 10 });
    await write((tx) => tx.account.delete({ where: { address: 'u09@example.test' } }));
    const data = { id: newId(), address: 'u03a@example.test', domainId, createdAt: now() };
    await write((tx) => tx.account.create({ data }));
    const second = await listAccounts({ pageSize: 10, after: first.next! });
    assert.equal(second.rows[0]?.address, 'u10@example.test');
    const back = await listAccounts({ pageSize: 10, before: second.previous! });
    assert.equal(back.rows.at(-1)?.address, 'u08@example.test');
    // The first page again, whole, where less than a page is left before the key.
    assert.equal(back.previous, null);
    assert.equal(back.rows.length, 10);
  });

  it('begins anew behind the end', async () => {
    const last = await listAccounts({ pageSize: 5, before: 'end' });
    assert.equal(last.next, null);
    const gone = Buffer.from(JSON.stringify(['zzz', 'zzz'])).toString('base64url');
    const page = await listAccounts({ pageSize: 5, after: gone });
    assert.equal(page.rows[0]?.address, 'u00@example.test');
  });

  const nonsense: [cursor: string, why: string][] = [
    ['x', 'no base64'],
    ['e30', 'no list'],
    [Buffer.from('[1,2]').toString('base64url'), 'no id'],
    [Buffer.from('["2026","x"]').toString('base64url'), 'a text where a number is sorted'],
    [Buffer.from('[null,"x"]').toString('base64url'), 'nothing where there is always something'],
    ['a'.repeat(5000), 'too long'],
  ];
  for (const [after, why] of nonsense) {
    it(`takes ${why} for the beginning`, async () => {
      const page = await listAccounts({ order: 'storage', pageSize: 5, after });
      assert.equal(page.previous, null);
      assert.equal(page.rows.length, 5);
    });
  }

  const searches: [search: string, count: number][] = [
    ['U1', 10],
    ['EXAMPLE', 43],
    ['Ärzte', 9],
    ['王小', 4],
    ['አበበ', 4],
    ['a_b', 4],
    ['a%b', 4],
    ['%', 4],
    ['\\', 0],
    ["' OR 1=1 --", 0],
  ];
  for (const [search, count] of searches) {
    it(`finds ${search}`, async () => {
      const { total, rows } = await listAccounts({ search, pageSize: 100 });
      // On PostgreSQL the case of all letters is the same, on SQLite that of ASCII.
      if (search === 'Ärzte') assert.ok(total >= 4 && total <= count);
      else assert.equal(total, count);
      assert.equal(rows.length, total);
    });
  }

  it('filters by field', async () => {
    const page = await listAccounts({ pageSize: 1 });
    const id = page.rows[0]!.id;
    await updateAccount(id, { isDisabled: true }, by);
    assert.equal((await listAccounts({ state: 'disabled' })).total, 1);
    assert.equal((await listAccounts({ state: 'enabled' })).total, 42);
    await deleteAccount(id, by);
    assert.equal((await listAccounts({ state: 'disabled' })).total, 0);
    assert.equal((await listAccounts({ state: 'deleted' })).total, 1);
    assert.equal((await listAccounts({})).total, 42);
    assert.equal((await listAccounts({ domain: 'OTHER.test' })).total, 0);
    assert.equal((await listAccounts({ domain: 'unknown.test' })).total, 0);
    assert.equal((await listAccounts({ domain: 'example.test', domainIds: [] })).total, 0);
    assert.equal((await listAccounts({ role: 'admin' })).total, 0);
    assert.equal((await listAccounts({ state: 'locked' })).total, 0);
    assert.equal((await listAccounts({ state: 'held' })).total, 0);
  });

  it('walks through all', async () => {
    const found: string[] = [];
    for await (const { address } of walkAccounts({ search: '@example' })) found.push(address);
    assert.equal(found.length, 42);
    assert.deepEqual(found, [...found].sort());
  });

  it('does not begin anew where the rest goes meanwhile', async () => {
    const gone = ['zz1@gone.test', 'zz2@gone.test', 'zz3@gone.test'];
    const { id: domainId } = await addDomain({ name: 'gone.test' }, by);
    const rows = gone.map((address) => ({ id: newId(), address, domainId, createdAt: now() }));
    await write((tx) => tx.account.createMany({ data: rows }));
    type Row = { id: string; address: string };
    const list: List<Row> = {
      from: sql`"Account"`,
      where: sql`"domainId" = ${domainId}`,
      id: sql`"id"`,
      load: (ids) => db.account.findMany({ where: { id: { in: ids } } }),
    };
    const order: Order<Row> = {
      ...{ column: sql`"address"`, kind: 'text', valueOf: ({ address }) => address },
    };
    const seen: string[] = [];
    for await (const { address } of walkKeys(list, order, { pageSize: 2 })) {
      seen.push(address);
      if (seen.length === 2)
        await write((tx) => tx.account.deleteMany({ where: { address: gone[2] ?? '' } }));
      assert.ok(seen.length <= 2, seen.join(', '));
    }
    assert.deepEqual(seen, gone.slice(0, 2));
    await write((tx) => tx.account.deleteMany({ where: { domainId } }));
    await write((tx) => tx.domain.deleteMany({ where: { id: domainId } }));
  });

  it('lists aliases with their targets', async () => {
    await addAlias(
      { address: 'one@example.test', targets: ['x@out.test', 'u10@example.test'] },
      by,
    );
    await addAlias({ address: '@other.test', targets: ['u11@example.test'] }, by);
    const page = await listAliasPage({ pageSize: 1, domain: 'example.test' });
    assert.deepEqual(page.rows[0]?.targets, ['u10@example.test', 'x@out.test']);
    assert.equal(page.next, null);
    const found = await listAliases({ search: 'U11@' });
    assert.deepEqual(
      found.map(({ address }) => address),
      ['@other.test'],
    );
    assert.equal((await listAliases({ target: 'x@out.test' })).length, 1);
  });

  it('counts the users of domains on a page alone', async () => {
    const page = await listDomainPage({ order: 'added', isDescending: true });
    assert.deepEqual(
      page.rows.map(({ name, accounts, aliases }) => [name, accounts, aliases]).sort(),
      [
        ['example.test', 42, 1],
        ['other.test', 0, 1],
      ],
    );
    const names: string[] = [];
    for await (const { name } of walkDomains({ state: 'unsigned' })) names.push(name);
    assert.deepEqual(names, ['example.test', 'other.test']);
    assert.equal(await db.domain.count(), 2);
  });
});

// The search of the panel finds who may not sign in for now, for super admins alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Staff } from '#lib/accounts/staff.ts';
import { db, write } from '#lib/db.ts';
import { findThings } from '#lib/find/find.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('the search of the panel for who is blocked', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const find = async (staff: Staff, text: string) =>
    (await findThings(staff, text)).map(({ kind, label }) => `${kind} ${label}`);

  before(async () => {
    database = await openTestDatabase();
    const at = Date.now();
    const rows = [
      ['address:192.0.2.7', at + 3_600_000],
      ['address:192.0.2.8', at - 3_600_000],
      ['account:ada@own.test', at + 3_600_000],
    ] as const;
    await write((tx) =>
      tx.loginThrottle.createMany({
        data: rows.map(([id, until]) => {
          return { id, failures: 20, startedAt: new Date(at), blockedUntil: new Date(until) };
        }),
      }),
    );
    assert.equal(await db.loginThrottle.count(), rows.length);
  });
  after(() => database?.close());

  const admin: Staff = { id: 's', address: 's@own.test', role: 'admin', scope: 'all' };

  it('by a part of the address, while it lasts', async () => {
    assert.deepEqual(await find(admin, '192.0.2'), ['blocked 192.0.2.7']);
    assert.deepEqual(await find(admin, 'Ada@own'), ['blocked ada@own.test']);
    assert.deepEqual(await find(admin, '19'), []);
  });

  it('not for others', async () => {
    assert.deepEqual(await find({ ...admin, role: 'domain-admin', scope: [] }, '192.0.2'), []);
  });
});

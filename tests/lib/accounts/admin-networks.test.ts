// Where the panel opens from: the setting web.adminNetworks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isAdminAddress } from '#lib/accounts/network.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('networks of administrators', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  it('are all, as long as none is named', async () => {
    for (const address of ['192.0.2.1', '2001:db8::1', '127.0.0.1', '']) {
      assert.equal(await isAdminAddress(address), true, address);
    }
  });

  it('are those that are named, and no others', async () => {
    await writeSetting('web.adminNetworks', ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'], 'test');
    const cases: [string, boolean, string][] = [
      ['10.1.2.3', true, 'in a network'],
      ['11.0.0.1', false, 'beside it'],
      ['192.0.2.7', true, 'an address alone'],
      ['192.0.2.8', false, 'its neighbour'],
      ['::ffff:10.1.2.3', true, 'as a socket says it'],
      ['2001:db8::5', true, 'IPv6'],
      ['2001:db9::5', false, 'other IPv6'],
      ['127.0.0.1', false, 'this machine, which nobody named'],
      ['', false, 'nobody knows'],
    ];
    for (const [address, is, why] of cases) assert.equal(await isAdminAddress(address), is, why);
  });
});

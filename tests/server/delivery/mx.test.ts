import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { findWay, sortHosts } from '#server/delivery/outbound/mx.ts';
import { isOwnAddress } from '#server/delivery/outbound/own-address.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;

before(async () => {
  database = await openTestDatabase();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  dns = await startDns({
    'two.test': { MX: ['20 b.two.test', '10 a.two.test'] },
    'a.two.test': { A: ['203.0.113.1', '203.0.113.2'] },
    'b.two.test': { A: ['203.0.113.3'], AAAA: ['2001:db8::3'] },
    'bare.test': { A: ['203.0.113.9'] },
    'null.test': { MX: ['0 .'] },
    'empty.test': { TXT: ['nothing'] },
    'broken.test': 'SERVFAIL',
    'dangling.test': { MX: ['10 gone.test'] },
    'halfbroken.test': { MX: ['10 broken.test', '20 gone.test'] },
    'private.test': { MX: ['10 lan.private.test'] },
    'lan.private.test': { A: ['10.0.0.1', '127.0.0.1'], AAAA: ['::1', 'fd00::1'] },
    'loop.test': { MX: ['10 mail.own.test', '20 b.two.test'] },
    'backup.test': { MX: ['10 a.two.test', '20 mail.own.test', '30 b.two.test'] },
    'many.test': { MX: Array.from({ length: 60 }, (_, i) => `${i} m${i}.many.test`) },
    ...Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`m${i}.many.test`, { A: [`203.0.113.${i}`] }]),
    ),
  });
  await dns.use();
});
beforeEach(() => forgetAnswers());
after(async () => {
  await dns.close();
  await database.close();
});

async function addressesOf(domain: string): Promise<string[]> {
  const way = await findWay(domain);
  return 'targets' in way ? way.targets.map((target) => target.address) : [];
}
async function failureOf(domain: string) {
  const way = await findWay(domain);
  return 'failure' in way ? { ...way.failure, text: undefined } : null;
}

describe('the way to a domain', () => {
  it('is its MX hosts by preference, with all addresses', async () => {
    assert.deepEqual(await addressesOf('two.test'), [
      '203.0.113.1',
      '203.0.113.2',
      '203.0.113.3',
      '2001:db8::3',
    ]);
  });

  it('is its own address without MX', async () => {
    const way = await findWay('bare.test');
    assert.deepEqual(way, { targets: [{ host: 'bare.test', address: '203.0.113.9', port: 25 }] });
  });

  const failures: [string, string, { isPermanent: boolean; status: string }][] = [
    ['null MX', 'null.test', { isPermanent: true, status: '5.1.10' }],
    ['a domain that is not there', 'nowhere.test', { isPermanent: true, status: '5.4.4' }],
    ['neither MX nor address', 'empty.test', { isPermanent: true, status: '5.4.4' }],
    ['SERVFAIL for MX defers', 'broken.test', { isPermanent: false, status: '4.4.3' }],
    ['MX without address', 'dangling.test', { isPermanent: true, status: '5.4.4' }],
    ['one unsure MX defers', 'halfbroken.test', { isPermanent: false, status: '4.4.3' }],
    ['private addresses only', 'private.test', { isPermanent: true, status: '5.4.4' }],
    ['a private address literal', '[10.1.2.3]', { isPermanent: true, status: '5.4.4' }],
    ['we are the best MX', 'loop.test', { isPermanent: true, status: '5.4.6' }],
  ];
  for (const [reason, domain, expected] of failures) {
    it(`fails: ${reason}`, async () => {
      assert.deepEqual(await failureOf(domain), { ...expected, text: undefined });
    });
  }

  it('stops before our own preference', async () => {
    assert.deepEqual(await addressesOf('backup.test'), ['203.0.113.1', '203.0.113.2']);
  });

  it('takes an address literal', async () => {
    assert.deepEqual(await addressesOf('[203.0.113.5]'), ['203.0.113.5']);
  });

  it('uses private addresses and another port where settings say so', async () => {
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    await writeSetting('delivery.mxPort', 2626, 'test');
    const way = await findWay('private.test');
    assert.equal('targets' in way && way.targets.length, 4);
    assert.equal('targets' in way && way.targets[0]?.port, 2626);
    await resetSetting('delivery.allowPrivateAddresses', 'test');
    await resetSetting('delivery.mxPort', 'test');
  });

  it('tries ten addresses at most', async () => {
    assert.equal((await addressesOf('many.test')).length, 10);
  });

  it('shuffles hosts of one preference', () => {
    const hosts = ['a', 'b', 'c'].map((name) => ({ name, preference: name === 'c' ? 1 : 5 }));
    const values = [0.9, 0.1, 0.5];
    const sorted = sortHosts(hosts, () => values.shift() ?? 0);
    assert.deepEqual(
      sorted.map((host) => host.name),
      ['c', 'b', 'a'],
    );
  });
});

describe('own address', () => {
  it('loopback is ourselves on our own port only', () => {
    assert.equal(isOwnAddress('127.0.0.1', 2525, 2525), true);
    assert.equal(isOwnAddress('::1', 25, 2525), false);
    assert.equal(isOwnAddress('203.0.113.1', 25, 25), false);
  });
});

// Failed sign-ins by protocol and network: what counts together and what is left out.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { readFailedSignIns } from '#lib/accounts/failed-sign-ins.ts';
import { networkAround } from '#lib/accounts/network.ts';
import { fromNow } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const hourMs = 3_600_000;

const networks: [address: string, network: string][] = [
  ['203.0.113.7', '203.0.113.0/24'],
  ['10.0.0.255', '10.0.0.0/24'],
  ['2001:db8:1:2:3::4', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['', ''],
];
for (const [address, network] of networks) {
  it(`puts ${address || 'nothing'} into ${network || 'nothing'}`, () => {
    assert.equal(networkAround(address), network);
  });
}

describe('failed sign-ins', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database?.close());
  beforeEach(() => write((tx) => tx.trailEvent.deleteMany()));

  type Failure = [remote: string, protocol: string, hoursAgo?: number, kind?: string];
  const fail = async (...failures: Failure[]) => {
    const data = failures.map(([remote, text, hoursAgo = 1, kind = 'login-failed']) => {
      return { id: newId(), at: fromNow(-hoursAgo * hourMs), traceId: newId(), kind, remote, text };
    });
    await write((tx) => tx.trailEvent.createMany({ data }));
  };
  const look = () => readFailedSignIns(fromNow(-24 * hourMs));

  it('says nothing where nobody failed', async () => {
    await fail(['203.0.113.1', 'imap', 1, 'login'], ['203.0.113.1', 'imap', 25]);
    assert.deepEqual(await look(), { failures: 0, isCut: false, protocols: [], networks: [] });
  });

  it('puts neighbours together, and names a single address', async () => {
    await fail(
      ['203.0.113.1', 'imap'],
      ['::ffff:203.0.113.2', 'imap'],
      ['203.0.113.2', 'web'],
      ['2001:db8:1:2::3', 'submission'],
      ['2001:db8:1:2::4', 'submission'],
      ['198.51.100.9', 'pop3', 23],
    );
    const { failures, protocols, networks } = await look();
    assert.equal(failures, 6);
    assert.deepEqual(
      protocols.map(({ name, failures }) => [name, failures]),
      [
        ['imap', 2],
        ['submission', 2],
        ['pop3', 1],
        ['web', 1],
      ],
    );
    assert.deepEqual(
      networks.map(({ name, search, addresses, failures }) => [name, search, addresses, failures]),
      [
        ['203.0.113.0/24', '203.0.113.', 2, 3],
        ['2001:db8:1::/48', '2001:db8:1:2::', 1, 2],
        ['198.51.100.9', '198.51.100.9', 1, 1],
      ],
    );
    assert.deepEqual(networks[0]?.protocols, [
      { name: 'imap', failures: 2 },
      { name: 'web', failures: 1 },
    ]);
  });

  it('shows the ten worst', async () => {
    const many = Array.from({ length: 30 }, (_, at): Failure[] =>
      Array.from({ length: at + 1 }, () => [`10.0.${at}.1`, 'imap']),
    );
    await fail(...many.flat());
    const { networks } = await look();
    assert.deepEqual(
      networks.map(({ failures }) => failures),
      [30, 29, 28, 27, 26, 25, 24, 23, 22, 21],
    );
  });
});

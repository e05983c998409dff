// The DNS check of a domain against a name server of the test's own; the policy of MTA-STS that its records speak of.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { activateDkimKeys, createDkimKeys } from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { findStsPolicy } from '#lib/accounts/sts.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { answerDomainCheck, checkDomainNow } from '#server/control/domain-check.ts';
import { readStsId, readStsPolicy } from '#server/delivery/tls/sts-policy.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns, type Zone } from '#tests/support/dns.ts';

const address = '198.51.100.7';

describe('the DNS check of a domain', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let dns: FakeDns;
  let dkim: Zone;

  before(async () => {
    database = await openTestDatabase();
    dns = await startDns();
    await dns.use();
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    await addDomain({ name: 'own.test' }, 'test');
    const keys = await createDkimKeys('own.test', 'test');
    await activateDkimKeys('own.test', null, null, 'test');
    dkim = Object.fromEntries(keys.map(({ record }) => [record.name, { TXT: [record.value] }]));
  });
  after(async () => {
    await dns?.close();
    await database?.close();
  });

  /** "kind state" of each record, in order. */
  const list = async () => {
    const records = await checkDomainNow('own.test', [address]);
    return records.map(({ kind, state }) => `${kind} ${state}`);
  };

  it('finds everything missing in an empty zone', async () => {
    dns.zone = {};
    const states = new Set((await list()).map((text) => text.split(' ')[1]));
    assert.deepEqual([...states], ['missing']);
  });

  it('finds everything right in the zone it asks for', async () => {
    await writeSetting('tls.mtaSts', 'testing', 'test');
    const policy = await findStsPolicy('own.test');
    const host = { A: [address] };
    dns.zone = {
      'mail.own.test': host,
      '7.100.51.198.in-addr.arpa': { PTR: ['mail.own.test'] },
      'own.test': { MX: ['10 mail.own.test'], TXT: ['v=spf1 mx -all'] },
      '_dmarc.own.test': { TXT: ['v=DMARC1; p=reject; rua=mailto:dmarc-reports@own.test'] },
      '_smtp._tls.own.test': { TXT: ['v=TLSRPTv1; rua=mailto:tls-reports@own.test'] },
      '_mta-sts.own.test': { TXT: [`v=STSv1; id=${policy?.id}`] },
      'mta-sts.own.test': { CNAME: 'mail.own.test' },
      'autoconfig.own.test': { CNAME: 'mail.own.test' },
      'autodiscover.own.test': { CNAME: 'mail.own.test' },
      ...dkim,
    };
    const records = await checkDomainNow('own.test', [address]);
    for (const record of records.filter(({ kind }) => kind === 'service')) {
      const port = record.value.split(' ')[2];
      dns.zone[record.name] = { SRV: [`${port} mail.own.test`] };
    }
    assert.deepEqual(
      (await list()).filter((text) => !text.endsWith(' right')),
      [],
    );
    await writeSetting('tls.mtaSts', 'off', 'test');
  });

  it('evaluates SPF for the address of this server, and shows what was found', async () => {
    dns.zone = {
      'mail.own.test': { A: [address] },
      'own.test': { MX: ['10 mail.own.test'], TXT: ['v=spf1 ip4:192.0.2.0/24 -all'] },
    };
    const spf = (await checkDomainNow('own.test', [address])).find(({ kind }) => kind === 'spf');
    assert.equal(spf?.state, 'different');
    assert.match(spf?.text ?? '', /198\.51\.100\.7.*"fail"/);
    assert.deepEqual(spf?.found, ['v=spf1 ip4:192.0.2.0/24 -all']);
  });

  it('says nothing where the DNS says nothing', async () => {
    dns.zone = { 'own.test': 'SERVFAIL', '_dmarc.own.test': 'REFUSED' };
    const states = await list();
    for (const kind of ['mx', 'spf', 'dmarc']) assert.ok(states.includes(`${kind} unknown`), kind);
  });

  it('refuses other domains and nonsense', async () => {
    await assert.rejects(answerDomainCheck({ domain: 'far.test' }), (error) =>
      isRefusal(error, 'not-found'),
    );
    await assert.rejects(answerDomainCheck({ domain: 7 }), (error) => isRefusal(error, 'invalid'));
  });

  it('publishes a policy that our own reader takes, with another id for another policy', async () => {
    assert.equal(await findStsPolicy('own.test'), null);
    const ids = new Set<string | null>();
    for (const mode of ['testing', 'enforce'] as const) {
      await writeSetting('tls.mtaSts', mode, 'test');
      const policy = await findStsPolicy('own.test');
      const read = readStsPolicy(policy?.text ?? '');
      assert.deepEqual(read, { mode, maxAgeSeconds: 1_209_600, mx: ['mail.own.test'] });
      ids.add(readStsId([`v=STSv1; id=${policy?.id}`]));
    }
    assert.equal(ids.size, 2);
    assert.ok(!ids.has(null));
    assert.equal(await findStsPolicy('far.test'), null);
    await writeSetting('tls.mtaSts', 'off', 'test');
  });
});

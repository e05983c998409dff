// What mail servers of other domains have to prove: MTA-STS and DANE against a fake DNS, a policy host and sinks with
// certificates of an authority of our own. Every way to talk us out of it.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { findWay } from '#server/delivery/outbound/mx.ts';
import { deliverRemote, type Result } from '#server/delivery/outbound/remote.ts';
import { refreshPolicies } from '#server/delivery/tls/sts.ts';
import { tlsPolicyOf } from '#server/delivery/tls/tls-policy.ts';
import { findDomainPolicy, waivesPolicies } from '#server/delivery/tls/tls-policy-mx.ts';
import { flushTls } from '#server/delivery/tls/tls-report-count.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { type Authority, makeAuthority, type Signed, tlsaOf } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns, type ZoneEntry } from '#tests/support/dns.ts';
import { type PolicyHost, policyText, startPolicyHost } from '#tests/support/policy-host.ts';
import { type Sink, type SinkOptions, startSink } from '#tests/support/smtp-sink.ts';

const trusted = getCACertificates('default');
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let host: PolicyHost;
let sink: Sink | null = null;
let authority: Authority;
let stranger: Authority;
let good: Signed;
let foreign: Signed;
let wrongName: Signed;
let expired: Signed;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  [authority, stranger] = await Promise.all([makeAuthority(), makeAuthority('Stranger')]);
  good = await authority.sign('mx.far.test', { isWithChain: true });
  wrongName = await authority.sign('mx.other.test', { isWithChain: true });
  expired = await authority.sign('mx.far.test', { daysLeft: -1, isWithChain: true });
  foreign = await stranger.sign('mx.far.test', { isWithChain: true });
  setDefaultCACertificates([...trusted, authority.cert]);
  host = await startPolicyHost(await authority.sign('mta-sts.far.test'));
  await writeSetting('delivery.httpsPort', host.port, 'test');
});
beforeEach(async () => {
  forgetAnswers();
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  host.requests.length = 0;
  host.answer = { status: 200, headers: { 'content-type': 'text/plain' }, body: '' };
  dns.zone = { 'far.test': { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: ['127.0.0.1'] } };
  await flushTls();
  await write(async (tx) => {
    await tx.stsPolicy.deleteMany();
    await tx.tlsResult.deleteMany();
  });
});
afterEach(async () => {
  freezeClock(null);
  await sink?.close();
  sink = null;
});
after(async () => {
  setDefaultCACertificates(trusted);
  await dns.close();
  await host.close();
  await database.close();
});

async function useSink(options: SinkOptions = {}): Promise<Sink> {
  sink = await startSink(options);
  await writeSetting('delivery.mxPort', sink.port, 'test');
  return sink;
}

const zoneOf = (name: string) => dns.zone[name] as ZoneEntry;

const setSecure = (name: string, isSecure: boolean) => {
  zoneOf(name).isSecure = isSecure;
};

function publishSts(mode: string, { mx = ['mx.far.test'], id = '1', maxAge = 86_400 } = {}): void {
  dns.zone['_mta-sts.far.test'] = { TXT: [`v=STSv1; id=${id};`] };
  dns.zone['mta-sts.far.test'] = { A: ['127.0.0.1'] };
  host.answer.body = policyText(mode, mx, maxAge);
}

/** A signed zone whose MX has these TLSA records. */
function publishDane(...records: string[]): void {
  zoneOf('far.test').isSecure = true;
  zoneOf('mx.far.test').isSecure = true;
  dns.zone[`_${sink?.port}._tcp.mx.far.test`] = { TLSA: records, isSecure: true };
}

async function send(isTlsForced = false): Promise<Result> {
  const domain = 'far.test';
  const way = await findWay(domain);
  assert.ok('targets' in way);
  const { findPolicy } = await findDomainPolicy({ domain, isTlsForced });
  const results = await deliverRemote({
    targets: way.targets,
    policy: tlsPolicyOf('opportunistic'),
    findPolicy,
    login: null,
    envelope: {
      sender: 'ada@own.test',
      recipients: [{ recipient: 'x@far.test', originalTo: '', notify: '' }],
      envid: '',
      ret: '',
      isSmtpUtf8: false,
      isTlsRequired: isTlsForced,
    },
    bytes: Buffer.from('Subject: hello\r\n\r\nbody\r\n'),
    hostname: 'mail.own.test',
    connectTimeoutMs: 5000,
    signal: new AbortController().signal,
  });
  return results.get('x@far.test')!;
}

/** "sts mx.far.test success 1" */
async function results(): Promise<string[]> {
  await flushTls();
  const rows = await db.tlsResult.findMany({ orderBy: [{ policyType: 'asc' }, { result: 'asc' }] });
  return rows.map((row) => `${row.policyType} ${row.mx} ${row.result} ${row.count}`);
}

describe('without a policy', () => {
  it('any certificate is taken, and none', async () => {
    await useSink({ tls: foreign });
    const result = await send();
    assert.deepEqual([result.kind, result.tls], ['delivered', 'TLSv1.3']);
    await sink?.close();
    await useSink();
    assert.equal((await send()).tls, 'no TLS');
    assert.deepEqual(await results(), [
      'no-policy-found mx.far.test starttls-not-supported 1',
      'no-policy-found mx.far.test success 1',
    ]);
  });
});

describe('MTA-STS', () => {
  it('enforced: goes to a host that proves its name', async () => {
    await useSink({ tls: good });
    publishSts('enforce');
    const result = await send();
    assert.deepEqual([result.kind, result.tls], ['delivered', 'TLSv1.3, MTA-STS (enforce)']);
    await send();
    assert.equal(host.requests.length, 1, 'the policy is kept');
    assert.equal(host.requests[0]?.path, '/.well-known/mta-sts.txt');
    assert.equal(host.requests[0]?.headers.host, 'mta-sts.far.test');
    assert.deepEqual(await results(), ['sts mx.far.test success 2']);
  });

  const broken: [why: string, options: () => SinkOptions, type: string, text: RegExp][] = [
    [
      'unknown authority',
      () => ({ tls: foreign }),
      'certificate-not-trusted',
      /no known authority/,
    ],
    ['other name', () => ({ tls: wrongName }), 'certificate-host-mismatch', /for other names/],
    ['expired', () => ({ tls: expired }), 'certificate-expired', /has expired/],
    ['no STARTTLS', () => ({}), 'starttls-not-supported', /TLS with mx.far.test failed/],
  ];
  for (const [why, options, type, text] of broken) {
    it(`enforced: defers, never in clear: ${why}`, async () => {
      const mx = await useSink(options());
      publishSts('enforce');
      const result = await send();
      assert.equal(result.kind, 'deferred');
      assert.match(result.text, text);
      assert.match(result.text, /By MTA-STS \(enforce\) there is no delivery without/);
      assert.equal(mx.messages.length, 0);
      assert.deepEqual(await results(), [`sts mx.far.test ${type} 1`]);
    });

    it(`testing: delivers and counts: ${why}`, async () => {
      await useSink(options());
      publishSts('testing');
      assert.equal((await send()).kind, 'delivered');
      assert.deepEqual(await results(), [`sts mx.far.test ${type} 1`]);
    });
  }

  it('enforced: a host that the policy does not name gets nothing', async () => {
    const mx = await useSink({ tls: good });
    publishSts('enforce', { mx: ['*.mx.far.test', 'far.test'] });
    const result = await send();
    assert.deepEqual([result.kind, result.status], ['deferred', '4.7.5']);
    assert.match(result.text, /not among the mail servers/);
    assert.equal(mx.connections, 0);
  });

  it('testing: the same is delivered and counted', async () => {
    await useSink({ tls: good });
    publishSts('testing', { mx: ['mx.else.test'] });
    assert.equal((await send()).kind, 'delivered');
    assert.deepEqual(await results(), ['sts mx.far.test validation-failure 1']);
  });

  it('none: as if there were no policy', async () => {
    await useSink({ tls: foreign });
    publishSts('none', { mx: [] });
    assert.equal((await send()).tls, 'TLSv1.3');
    assert.deepEqual(await results(), ['no-policy-found mx.far.test success 1']);
  });

  const sayNothing = (status = 200, body = '', headers: Record<string, string> = {}) => {
    publishSts('none', { id: '2' });
    host.answer = { status, headers: { 'content-type': 'text/plain', ...headers }, body };
  };
  const setRecord = (entry: ZoneEntry | 'SERVFAIL') => {
    dns.zone['_mta-sts.far.test'] = entry;
  };
  const losses: [why: string, lose: () => void][] = [
    ['record gone', () => setRecord({})],
    ['record not answered', () => setRecord('SERVFAIL')],
    ['two records', () => setRecord({ TXT: ['v=STSv1; id=2', 'v=STSv1; id=3'] })],
    ['policy 404', () => sayNothing(404)],
    ['policy host fails', () => sayNothing(503)],
    ['policy is nonsense', () => sayNothing(200, '<html>')],
    ['policy is redirected', () => sayNothing(302, '', { location: 'https://evil.test/' })],
  ];
  for (const [why, lose] of losses) {
    it(`a kept policy binds until it ends: ${why}`, async () => {
      await useSink({ tls: foreign });
      publishSts('enforce');
      assert.equal((await send()).kind, 'deferred');
      forgetAnswers();
      lose();
      assert.equal((await send()).kind, 'deferred', why);
      forgetAnswers();
      freezeClock(fromNow(86_401_000));
      assert.equal((await send()).kind, 'delivered', 'after its end');
    });
  }

  const answer = (change: Partial<PolicyHost['answer']>) => Object.assign(host.answer, change);
  const refused: [why: string, fault: string, change: () => void][] = [
    ['404', 'sts-policy-fetch-error', () => answer({ status: 404 })],
    ['a redirect', 'sts-policy-fetch-error', () => answer({ status: 301 })],
    ['too long', 'sts-policy-fetch-error', () => answer({ body: 'x'.repeat(70_000) })],
    ['a page', 'sts-policy-invalid', () => answer({ headers: { 'content-type': 'text/html' } })],
    ['no max_age', 'sts-policy-invalid', () => answer({ body: 'version: STSv1\nmode: enforce' })],
    ['its name not proven', 'sts-webpki-invalid', () => setDefaultCACertificates(trusted)],
    ['no address', 'sts-policy-fetch-error', () => delete dns.zone['mta-sts.far.test']],
  ];
  for (const [why, fault, change] of refused) {
    it(`a policy that cannot be had is none, and counted: ${why}`, async () => {
      await useSink({ tls: foreign });
      publishSts('enforce');
      change();
      try {
        assert.equal((await send()).kind, 'delivered');
      } finally {
        setDefaultCACertificates([...trusted, authority.cert]);
      }
      assert.ok((await results()).includes(`sts  ${fault} 1`));
      const asked = host.requests.length;
      await send();
      assert.equal(host.requests.length, asked, 'not fetched again at once');
    });
  }

  it('a policy host at a private address is not asked', async () => {
    await useSink({ tls: foreign });
    publishSts('enforce');
    await writeSetting('delivery.allowPrivateAddresses', false, 'test');
    const { sts } = await findDomainPolicy({ domain: 'far.test', isTlsForced: false }, true);
    assert.match(sts.why, /only private addresses/);
    assert.equal(host.requests.length, 0);
  });

  it('a new id brings the new policy', async () => {
    await useSink({ tls: foreign });
    publishSts('enforce');
    assert.equal((await send()).kind, 'deferred');
    forgetAnswers();
    publishSts('none', { id: '2', mx: [] });
    assert.equal((await send()).kind, 'delivered');
    assert.equal((await db.stsPolicy.findUnique({ where: { id: 'far.test' } }))?.version, '2');
  });

  it('the job fetches what is about to end and removes what has ended', async () => {
    await useSink({ tls: good });
    publishSts('enforce', { maxAge: 3 * 86_400 });
    await send();
    const { signal } = new AbortController();
    freezeClock(fromNow(2 * 86_400_000));
    forgetAnswers();
    assert.deepEqual(await refreshPolicies(signal), { removed: 0, refreshed: 1 });
    assert.equal(host.requests.length, 2);
    freezeClock(fromNow(30 * 86_400_000));
    delete dns.zone['_mta-sts.far.test'];
    assert.deepEqual(await refreshPolicies(signal), { removed: 1, refreshed: 0 });
  });

  it('is not looked at where it is switched off', async () => {
    await useSink({ tls: foreign });
    publishSts('enforce');
    await writeSetting('delivery.mtaSts', false, 'test');
    assert.equal((await send()).kind, 'delivered');
    await writeSetting('delivery.mtaSts', true, 'test');
    assert.equal(host.requests.length, 0);
  });
});

describe('DANE', () => {
  const fitting: [what: string, pems: () => Signed, record: () => string][] = [
    ['3 1 1, whatever authority', () => foreign, () => tlsaOf(foreign.cert)],
    ['3 0 2', () => foreign, () => tlsaOf(foreign.cert, 3, 0, 2)],
    ['3 1 0', () => foreign, () => tlsaOf(foreign.cert, 3, 1, 0)],
    ['3 1 1, expired and of another name', () => expired, () => tlsaOf(expired.cert)],
    ['2 1 1', () => foreign, () => tlsaOf(stranger.cert, 2, 1, 1)],
    ['2 0 1', () => foreign, () => tlsaOf(stranger.cert, 2, 0, 1)],
  ];
  for (const [what, pems, record] of fitting) {
    it(`delivers by ${what}`, async () => {
      await useSink({ tls: pems() });
      publishDane(tlsaOf(good.cert), record());
      const result = await send();
      assert.deepEqual([result.kind, result.tls], ['delivered', 'TLSv1.3, DANE'], result.text);
      assert.deepEqual(await results(), ['tlsa mx.far.test success 1']);
    });
  }

  const breaking: [why: string, options: () => SinkOptions, record: () => string, text: RegExp][] =
    [
      ['another key', () => ({ tls: good }), () => tlsaOf(foreign.cert), /not the one/],
      ['another authority', () => ({ tls: good }), () => tlsaOf(stranger.cert, 2), /no authority/],
      [
        '2 with another name',
        () => ({ tls: wrongName }),
        () => tlsaOf(authority.cert, 2),
        /other names/,
      ],
      ['2 and expired', () => ({ tls: expired }), () => tlsaOf(authority.cert, 2), /expired/],
      [
        '2 that names the host itself',
        () => ({ tls: good }),
        () => tlsaOf(good.cert, 2),
        /no authority/,
      ],
      ['no STARTTLS', () => ({}), () => tlsaOf(good.cert), /TLS with mx.far.test failed/],
    ];
  for (const [why, options, record, text] of breaking) {
    it(`defers, never in clear: ${why}`, async () => {
      const mx = await useSink(options());
      publishDane(record());
      // RFC 8461 §2: a policy by MTA-STS does not help.
      publishSts('testing');
      const result = await send();
      assert.equal(result.kind, 'deferred');
      assert.match(result.text, text);
      assert.match(result.text, /By DANE there is no delivery without/);
      assert.equal(mx.messages.length, 0);
    });
  }

  it('goes before MTA-STS', async () => {
    await useSink({ tls: foreign });
    publishDane(tlsaOf(foreign.cert));
    publishSts('enforce', { mx: ['mx.else.test'] });
    assert.equal((await send()).tls, 'TLSv1.3, DANE');
  });

  it('records of other kinds only: TLS is a must, but is not checked', async () => {
    await useSink({ tls: foreign });
    publishDane('1 1 1 00', '3 1 1 00', '3 9 1 00', '3 1 9 00');
    assert.equal((await send()).tls, 'TLSv1.3, DANE (no usable record)');
    await sink?.close();
    const mx = await useSink();
    forgetAnswers();
    publishDane('1 1 1 00');
    assert.equal((await send()).kind, 'deferred');
    assert.equal(mx.messages.length, 0);
  });

  const failures: ['SERVFAIL' | 'REFUSED'][] = [['SERVFAIL'], ['REFUSED']];
  for (const [failure] of failures) {
    it(`a question for TLSA that fails (${failure}) defers, never "no DANE"`, async () => {
      const mx = await useSink({ tls: good });
      publishDane();
      dns.zone[`_${mx.port}._tcp.mx.far.test`] = failure;
      const result = await send();
      assert.deepEqual([result.kind, result.status], ['deferred', '4.7.5']);
      assert.match(result.text, /cannot be found out/);
      assert.equal(mx.connections, 0);
      assert.deepEqual(await results(), ['tlsa mx.far.test dnssec-invalid 1']);
    });
  }

  const unsigned: [what: string, change: () => void][] = [
    ['MX', () => setSecure('far.test', false)],
    ['addresses', () => setSecure('mx.far.test', false)],
    ['TLSA', () => setSecure(`_${sink?.port}._tcp.mx.far.test`, false)],
  ];
  for (const [what, change] of unsigned) {
    it(`does not apply where the DNS does not prove it: ${what}`, async () => {
      await useSink({ tls: good });
      publishDane(tlsaOf(foreign.cert));
      change();
      assert.equal((await send()).tls, 'TLSv1.3');
    });
  }

  it('is not switched on by a resolver elsewhere that nobody trusts', async () => {
    await useSink({ tls: good });
    publishDane(tlsaOf(foreign.cert));
    const { findSecureMx } = await import('#server/delivery/tls/dane.ts');
    await writeSetting('delivery.dnsServers', ['192.0.2.53'], 'test');
    try {
      assert.equal((await findSecureMx('far.test')).status, 'insecure');
      const { listTrustedServers } = await import('#server/dns/secure.ts');
      await writeSetting('delivery.trustsResolver', true, 'test');
      assert.deepEqual(await listTrustedServers(), [{ host: '192.0.2.53', port: 53 }]);
    } finally {
      await writeSetting('delivery.trustsResolver', false, 'test');
      await dns.use();
    }
  });

  it('follows a signed alias of the host, and finds records at the name itself', async () => {
    await useSink({ tls: foreign });
    publishDane(tlsaOf(foreign.cert));
    dns.zone['mx.far.test'] = { CNAME: 'real.far.test', isSecure: true };
    dns.zone['real.far.test'] = { A: ['127.0.0.1'], isSecure: true };
    assert.equal((await send()).tls, 'TLSv1.3, DANE', 'at the name itself');
    forgetAnswers();
    dns.zone[`_${sink?.port}._tcp.real.far.test`] = { TLSA: [tlsaOf(good.cert)], isSecure: true };
    assert.equal((await send()).kind, 'deferred', 'first behind the alias');
    forgetAnswers();
    setSecure('real.far.test', false);
    assert.equal((await send()).tls, 'TLSv1.3, DANE', 'only the alias is signed');
  });
});

describe('REQUIRETLS (RFC 8689 §4.2.1)', () => {
  const promise = { extra: { hideREQUIRETLS: false } };
  it('needs a proof that the host is one of the domain', async () => {
    const mx = await useSink({ tls: good, ...promise });
    const result = await send(true);
    assert.deepEqual([result.kind, result.status], ['failed', '5.7.10']);
    assert.match(result.text, /nothing proves that mx.far.test is a mail server of far.test/);
    assert.equal(mx.connections, 0);
  });

  const proofs: [what: string, publish: () => void, tls: string][] = [
    ['MTA-STS', () => publishSts('enforce'), 'TLSv1.3, MTA-STS (enforce)'],
    ['DANE', () => publishDane(tlsaOf(good.cert)), 'TLSv1.3, DANE'],
    ['signed MX', () => setSecure('far.test', true), 'TLSv1.3, REQUIRETLS, MX proven by DNSSEC'],
  ];
  for (const [what, publish, tls] of proofs) {
    it(`goes by ${what}`, async () => {
      await useSink({ tls: good, ...promise });
      publish();
      const result = await send(true);
      assert.deepEqual([result.kind, result.tls], ['delivered', tls], result.text);
    });

    it(`fails where the next hop does not promise it: ${what}`, async () => {
      const mx = await useSink({ tls: good });
      publish();
      assert.equal((await send(true)).status, '5.7.30');
      assert.equal(mx.messages.length, 0);
    });
  }

  it('a policy in testing proves nothing', async () => {
    await useSink({ tls: good, ...promise });
    publishSts('testing');
    assert.equal((await send(true)).status, '5.7.10');
  });

  it('waits where the DNS fails', async () => {
    const mx = await useSink({ tls: good, ...promise });
    publishDane();
    dns.zone[`_${mx.port}._tcp.mx.far.test`] = 'SERVFAIL';
    assert.equal((await send(true)).kind, 'deferred');
  });
});

it('"TLS-Required: No" is read of the header alone', () => {
  const cases: [text: string, expected: boolean][] = [
    ['Subject: a\r\nTLS-Required: No\r\n\r\nbody', true],
    ['tls-required:no\r\n\r\n', true],
    ['Subject: a\r\n\r\nTLS-Required: No\r\n', false],
    ['TLS-Required: Nope\r\n\r\n', false],
    ['Subject: a\r\n TLS-Required: No\r\n\r\n', false],
  ];
  for (const [text, expected] of cases)
    assert.equal(waivesPolicies(Buffer.from(text)), expected, text);
});

// Daily TLS reports to other domains: what they say, where they go, and that they go once.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import PostalMime from 'postal-mime';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { readReportUris } from '#server/delivery/tls/tls-report.ts';
import { countTls, flushTls } from '#server/delivery/tls/tls-report-count.ts';
import { doneMark, sendTlsReports } from '#server/delivery/tls/tls-report-job.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { readBlob } from '#server/store/bodies/blobs.ts';
import { makeAuthority } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type PolicyHost, startPolicyHost } from '#tests/support/policy-host.ts';

const trusted = getCACertificates('default');
const { signal } = new AbortController();
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let host: PolicyHost;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  const authority = await makeAuthority();
  setDefaultCACertificates([...trusted, authority.cert]);
  host = await startPolicyHost(await authority.sign('reports.far.test'));
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.httpsPort', host.port, 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
});
beforeEach(async () => {
  forgetAnswers();
  host.requests.length = 0;
  dns.zone = { 'reports.far.test': { A: ['127.0.0.1'] } };
  await flushTls();
  await write(async (tx) => {
    await tx.tlsResult.deleteMany();
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  freezeClock(new Date('2026-11-20T12:00:00Z'));
  countTls('far.test', 'sts', 'mx.far.test', 'success');
  countTls('far.test', 'sts', 'mx.far.test', 'success');
  await flushTls();
  countTls('far.test', 'sts', 'mx.far.test', 'success');
  countTls('far.test', 'sts', 'mx.far.test', 'certificate-expired');
  await flushTls();
  freezeClock(new Date('2026-11-21T05:00:00Z'));
});
afterEach(() => freezeClock(null));
after(async () => {
  setDefaultCACertificates(trusted);
  await dns.close();
  await host.close();
  await database.close();
});

const ask = (rua: string) => {
  dns.zone['_smtp._tls.far.test'] = { TXT: [`v=TLSRPTv1; rua=${rua}`] };
};

describe('TLS reports', () => {
  it('name whom the setting says', async () => {
    await writeSetting('delivery.tlsReportContact', 'desk@own.test', 'test');
    ask('mailto:tls@far.test');
    await sendTlsReports(signal);
    const [message] = await db.queueMessage.findMany();
    const mail = await PostalMime.parse(await readBlob(message!.blobId), {
      attachmentEncoding: 'arraybuffer',
    });
    assert.equal(mail.from?.address, 'desk@own.test');
    const [part] = mail.attachments;
    const report = JSON.parse(gunzipSync(Buffer.from(part?.content as ArrayBuffer)).toString());
    assert.match(report['contact-info'], /desk@own\.test/);
    await resetSetting('delivery.tlsReportContact', 'test');
  });

  it('tell of the day before, by mail', async () => {
    ask('mailto:tls@far.test');
    await write((tx) =>
      tx.stsPolicy.create({
        data: {
          id: 'far.test',
          version: '1',
          mode: 'enforce',
          mx: 'mx.far.test',
          fetchedAt: new Date('2026-11-20T12:00:00Z'),
          expiresAt: new Date('2026-11-21T12:00:00Z'),
        },
      }),
    );
    assert.deepEqual(await sendTlsReports(signal), { reports: 1 });
    const [message] = await db.queueMessage.findMany();
    const [recipient] = await db.queueRecipient.findMany();
    assert.deepEqual(
      [message?.sender, message?.accountId, recipient?.recipient, recipient?.notify],
      ['', null, 'tls@far.test', 'NEVER'],
    );
    const mail = await PostalMime.parse(await readBlob(message!.blobId), {
      attachmentEncoding: 'arraybuffer',
    });
    assert.equal(mail.from?.address, 'postmaster@mail.own.test');
    assert.match(
      mail.subject ?? '',
      /^Report Domain: far.test Submitter: mail.own.test Report-ID: </,
    );
    const headers = new Map(mail.headers.map(({ key, value }) => [key, value]));
    assert.equal(headers.get('tls-required'), 'No');
    assert.equal(headers.get('tls-report-domain'), 'far.test');
    const [part] = mail.attachments;
    assert.equal(part?.mimeType, 'application/tlsrpt+gzip');
    assert.match(
      part?.filename ?? '',
      /^mail.own.test!far.test!1795132800!1795219199!.*\.json\.gz$/,
    );
    const report = JSON.parse(gunzipSync(Buffer.from(part?.content as ArrayBuffer)).toString());
    assert.deepEqual(report['date-range'], {
      'start-datetime': '2026-11-20T00:00:00Z',
      'end-datetime': '2026-11-20T23:59:59Z',
    });
    assert.deepEqual(report.policies, [
      {
        policy: {
          'policy-type': 'sts',
          'policy-string': ['version: STSv1', 'mode: enforce', 'mx: mx.far.test', 'max_age: 86400'],
          'policy-domain': 'far.test',
          'mx-host': ['mx.far.test'],
        },
        summary: { 'total-successful-session-count': 3, 'total-failure-session-count': 1 },
        'failure-details': [
          {
            'result-type': 'certificate-expired',
            'receiving-mx-hostname': 'mx.far.test',
            'failed-session-count': 1,
          },
        ],
      },
    ]);
  });

  it('leave once, however many processes look, however often', async () => {
    ask('mailto:tls@far.test,https://reports.far.test/v1/tls');
    await Promise.all([sendTlsReports(signal), sendTlsReports(signal), sendTlsReports(signal)]);
    await sendTlsReports(signal);
    assert.equal(await db.queueMessage.count(), 1);
    assert.equal(host.requests.length, 1);
    const [request] = host.requests;
    assert.deepEqual([request?.method, request?.path], ['POST', '/v1/tls']);
    assert.equal(request?.headers['content-type'], 'application/tlsrpt+gzip');
    const report = JSON.parse(gunzipSync(request?.body ?? Buffer.alloc(0)).toString());
    assert.equal(report['organization-name'], 'mail.own.test');
  });

  it('wait while the DNS fails, and are not wanted where it has no record', async () => {
    dns.zone['_smtp._tls.far.test'] = 'SERVFAIL';
    assert.deepEqual(await sendTlsReports(signal), { reports: 0 });
    assert.equal(await db.tlsResult.count({ where: { result: doneMark } }), 0);
    forgetAnswers();
    delete dns.zone['_smtp._tls.far.test'];
    await sendTlsReports(signal);
    assert.equal(await db.tlsResult.count({ where: { result: doneMark } }), 1);
    forgetAnswers();
    ask('mailto:tls@far.test');
    assert.deepEqual(await sendTlsReports(signal), { reports: 0 });
  });

  it('are not sent about a day that lasts, nor where the setting says no', async () => {
    ask('mailto:tls@far.test');
    freezeClock(new Date('2026-11-20T23:59:00Z'));
    assert.deepEqual(await sendTlsReports(signal), { reports: 0 });
    freezeClock(new Date('2026-11-21T05:00:00Z'));
    await writeSetting('delivery.tlsReports', false, 'test');
    assert.deepEqual(await sendTlsReports(signal), {});
    await writeSetting('delivery.tlsReports', true, 'test');
    assert.equal(await db.queueMessage.count(), 0);
  });

  it('are forgotten after two weeks', async () => {
    freezeClock(new Date('2026-12-06T05:00:00Z'));
    await sendTlsReports(signal);
    assert.equal(await db.tlsResult.count(), 0);
  });
});

it('addresses for reports are few and plain', () => {
  const cases: [records: string[], mail: string[], https: string[]][] = [
    [['v=TLSRPTv1; rua=mailto:a@b.test'], ['a@b.test'], []],
    [
      ['v=TLSRPTv1;rua=mailto:a%2Bb@b.test, https://c.test/x'],
      ['a+b@b.test'],
      ['https://c.test/x'],
    ],
    [['v=TLSRPTv1; rua=http://c.test/'], [], []],
    [['v=TLSRPTv1; rua=https://c.test:22/,https://u:p@c.test/'], [], []],
    [['v=TLSRPTv1; rua=mailto:a@b.test%0d%0aBcc:x@y.test'], [], []],
    [['v=TLSRPTv1; rua=mailto:a@b.test', 'v=TLSRPTv1; rua=mailto:c@d.test'], [], []],
    [['v=spf1 -all', 'v=TLSRPTv1; rua=mailto:a@b.test'], ['a@b.test'], []],
    [[`v=TLSRPTv1; rua=${'mailto:a@b.test,'.repeat(50)}`], Array(5).fill('a@b.test'), []],
  ];
  for (const [records, mail, https] of cases) {
    const found = readReportUris(records);
    assert.deepEqual([found.mail, found.https.map(String)], [mail, https], records[0]);
  }
});

// DMARC reports in both directions: what others send is stored once and added up; what we counted goes to who asks for it,
// once, and to nobody who has not agreed.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import PostalMime from 'postal-mime';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import {
  listDmarcDays,
  listDmarcDomains,
  listDmarcReports,
  listDmarcSources,
} from '#lib/reports/dmarc.ts';
import { listInboundTls } from '#lib/reports/tls.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { type CountedResult, countDmarc, flushDmarc } from '#server/delivery/dmarc/count.ts';
import { readReportAddresses } from '#server/delivery/dmarc/policy.ts';
import { doneMark, sendDmarcReports } from '#server/delivery/dmarc/report-job.ts';
import { readAggregate } from '#server/delivery/reports/aggregate.ts';
import { removeOldReports } from '#server/delivery/reports/retention.ts';
import { takeInReport } from '#server/delivery/reports/take-in.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { readBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const { signal } = new AbortController();
const reporter = { domain: 'far.test', isProven: true };
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await addDomain({ name: 'own.test' }, 'test');
});
beforeEach(async () => {
  forgetAnswers();
  dns.zone = {};
  await flushDmarc();
  await write(async (tx) => {
    await tx.dmarcResult.deleteMany();
    await tx.dmarcRecord.deleteMany();
    await tx.dmarcReport.deleteMany();
    await tx.tlsReport.deleteMany();
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  freezeClock(new Date('2026-11-21T12:00:00Z'));
});
afterEach(() => freezeClock(null));
after(async () => {
  await dns.close();
  await database.close();
});

type Row = { source: string; count: number; dkim: string; spf: string };

function makeReport(id: string, rows: Row[], domain = 'own.test'): string {
  const records = rows.map(
    ({
      source,
      count,
      dkim,
      spf,
    }) => `<record><row><source_ip>${source}</source_ip><count>${count}</count>
<policy_evaluated><disposition>none</disposition><dkim>${dkim}</dkim><spf>${spf}</spf></policy_evaluated></row>
<identifiers><header_from>own.test</header_from></identifiers><auth_results></auth_results></record>`,
  );
  return `<feedback><report_metadata><org_name>Far</org_name><report_id>${id}</report_id><date_range><begin>1795132800</begin>
<end>1795219199</end></date_range></report_metadata><policy_published><domain>${domain}</domain><p>none</p></policy_published>
${records.join('')}</feedback>`;
}

async function takeIn(content: string, type = 'text/xml') {
  const mail = `From: a@far.test\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n${content}`;
  return takeInReport(await stageBytes(Buffer.from(mail)), reporter);
}

const ours = { source: '192.0.2.1', count: 10, dkim: 'pass', spf: 'fail' };
const forged = { source: '198.51.100.9', count: 4, dkim: 'fail', spf: 'fail' };

describe('reports of others', () => {
  it('are stored once and added up', async () => {
    assert.deepEqual(await takeIn(makeReport('1', [ours, forged])), {
      isReport: true,
      note: 'DMARC report of Far about own.test',
    });
    assert.match((await takeIn(makeReport('1', [ours, forged]))).note, /known already/);
    await takeIn(makeReport('2', [ours]));
    assert.deepEqual(await listDmarcDomains(), [
      { domain: 'own.test', reports: 2, messages: 24, passed: 20, policy: 'p=none' },
    ]);
    const sources = await listDmarcSources({ domain: 'own.test' });
    assert.deepEqual(
      sources.map(({ source, messages, passed, dkimPassed, spfPassed }) => [
        source,
        messages,
        passed,
        dkimPassed,
        spfPassed,
      ]),
      [
        ['198.51.100.9', 4, 0, 0, 0],
        ['192.0.2.1', 20, 20, 20, 0],
      ],
    );
    assert.deepEqual(await listDmarcDays(), [{ day: '2026-11-20', messages: 24, passed: 20 }]);
    assert.equal((await listDmarcSources({ isFailing: true })).length, 1);
    assert.deepEqual(
      (await listDmarcReports()).map(({ organization, isProven }) => [organization, isProven]),
      [
        ['Far', true],
        ['Far', true],
      ],
    );
  });

  it('about domains of others are not kept', async () => {
    const { isReport, note } = await takeIn(makeReport('1', [ours], 'other.test'));
    assert.deepEqual([isReport, /not received here/.test(note)], [true, true]);
    assert.equal(await db.dmarcReport.count(), 0);
  });

  it('about a subdomain are', async () => {
    await takeIn(makeReport('1', [ours], 'news.own.test'));
    assert.equal(await db.dmarcReport.count(), 1);
  });

  it('of TLS are stored and added up', async () => {
    const report = {
      'organization-name': 'Far',
      'date-range': {
        'start-datetime': '2026-11-20T00:00:00Z',
        'end-datetime': '2026-11-20T23:59:59Z',
      },
      'report-id': 'r-1',
      policies: [
        {
          policy: { 'policy-type': 'sts', 'policy-domain': 'own.test' },
          summary: { 'total-successful-session-count': 5, 'total-failure-session-count': 2 },
          'failure-details': [{ 'result-type': 'certificate-expired', 'failed-session-count': 2 }],
        },
      ],
    };
    for (let time = 0; time < 2; time++)
      await takeIn(JSON.stringify(report), 'application/tlsrpt+json');
    assert.deepEqual(await listInboundTls(), [
      {
        domain: 'own.test',
        successes: 5,
        failures: 2,
        policyTypes: ['sts'],
        organizations: ['Far'],
        faults: [{ result: 'certificate-expired', host: '', count: 2 }],
      },
    ]);
  });

  it('that are none say so', async () => {
    assert.deepEqual(await takeIn('hello', 'text/plain'), {
      isReport: false,
      note: 'no report is attached',
    });
    assert.match((await takeIn('hello')).note, /no report could be read/);
  });

  it('are removed after their time', async () => {
    await takeIn(makeReport('1', [ours]));
    assert.deepEqual(await removeOldReports(), { reports: 0 });
    freezeClock(new Date('2026-12-31T12:00:00Z'));
    assert.deepEqual(await removeOldReports(), { reports: 0 });
    await writeSetting('storage.reportDays', 39, 'test');
    assert.deepEqual(await removeOldReports(), { reports: 1 });
    assert.equal(await db.dmarcRecord.count(), 0);
    await resetSetting('storage.reportDays', 'test');
  });
});

const result: CountedResult = {
  source: '192.0.2.7',
  disposition: 'reject',
  isDkimAligned: false,
  isSpfAligned: false,
  override: '',
  headerFrom: 'news.far.test',
  envelopeFrom: 'bounce.test',
  dkim: [{ domain: 'a&b<c>.test', selector: 's1', result: 'fail' }],
  spf: { domain: 'bounce.test', result: 'pass' },
};

/** Counts two messages of yesterday; the clock stands at the time of reports then. */
async function countSome(): Promise<void> {
  freezeClock(new Date('2026-11-20T12:00:00Z'));
  countDmarc('far.test', result);
  await flushDmarc();
  countDmarc('far.test', result);
  countDmarc('far.test', {
    ...result,
    source: '2001:db8::1',
    disposition: 'pass',
    isSpfAligned: true,
  });
  await flushDmarc();
  freezeClock(new Date('2026-11-21T05:00:00Z'));
}

const publish = (rua: string) => {
  dns.zone['_dmarc.far.test'] = { TXT: [`v=DMARC1; p=reject; adkim=s; t=y; rua=${rua}`] };
};

const recipients = async () =>
  (await db.queueRecipient.findMany({ orderBy: { recipient: 'asc' } })).map((row) => row.recipient);

describe('our reports', () => {
  it('tell of the day before, by mail, in words that others read', async () => {
    publish('mailto:d@far.test');
    await countSome();
    assert.deepEqual(await sendDmarcReports(signal), { reports: 1 });
    const [message] = await db.queueMessage.findMany();
    const [row] = await db.queueRecipient.findMany();
    assert.deepEqual([message?.sender, row?.recipient, row?.notify], ['', 'd@far.test', 'NEVER']);
    const mail = await PostalMime.parse(await readBlob(message!.blobId), {
      attachmentEncoding: 'arraybuffer',
    });
    assert.match(
      mail.subject ?? '',
      /^Report Domain: far.test Submitter: mail.own.test Report-ID: <\w+>$/,
    );
    const [part] = mail.attachments;
    assert.equal(part?.mimeType, 'application/gzip');
    assert.match(
      part?.filename ?? '',
      /^mail.own.test!far.test!1795132800!1795219199!\w+\.xml\.gz$/,
    );
    const xml = gunzipSync(Buffer.from(part?.content as ArrayBuffer)).toString();
    assert.match(xml, /<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">/);
    assert.match(xml, /<testing>y<\/testing>/);
    const read = await readAggregate(xml);
    assert.deepEqual(
      {
        ...read,
        reportId: '',
        records: read.records.map(({ source, count, disposition }) => [source, count, disposition]),
      },
      {
        domain: 'far.test',
        organization: 'mail.own.test',
        reportId: '',
        policy: 'p=reject adkim=s aspf=r testing=y',
        beginAt: new Date('2026-11-20T00:00:00Z'),
        endAt: new Date('2026-11-20T23:59:59Z'),
        messages: 3,
        isCut: false,
        records: [
          ['192.0.2.7', 2, 'reject'],
          ['2001:db8::1', 1, 'none'],
        ],
      },
    );
    assert.equal(read.records[0]?.findings, 'DKIM fail a&b<c>.test s1, SPF pass bounce.test');
  });

  it('name whom the setting says', async () => {
    await writeSetting('delivery.dmarcReportContact', 'desk@own.test', 'test');
    publish('mailto:d@far.test');
    await countSome();
    await sendDmarcReports(signal);
    const [message] = await db.queueMessage.findMany();
    const mail = await PostalMime.parse(await readBlob(message!.blobId), {
      attachmentEncoding: 'arraybuffer',
    });
    assert.equal(mail.from?.address, 'desk@own.test');
    const xml = gunzipSync(Buffer.from(mail.attachments[0]?.content as ArrayBuffer)).toString();
    assert.match(xml, /<email>desk@own\.test<\/email>/);
    await resetSetting('delivery.dmarcReportContact', 'test');
  });

  it('leave once, however many processes look, however often', async () => {
    publish('mailto:d@far.test');
    await countSome();
    await Promise.all([1, 2, 3].map(() => sendDmarcReports(signal)));
    await sendDmarcReports(signal);
    assert.equal(await db.queueMessage.count(), 1);
  });

  it('wait while the DNS fails, and are not wanted where it has no record', async () => {
    await countSome();
    dns.zone['_dmarc.far.test'] = 'SERVFAIL';
    assert.deepEqual(await sendDmarcReports(signal), { reports: 0 });
    assert.equal(await db.dmarcResult.count({ where: { id: doneMark } }), 0);
    delete dns.zone['_dmarc.far.test'];
    forgetAnswers();
    assert.deepEqual(await sendDmarcReports(signal), { reports: 0 });
    assert.equal(await db.dmarcResult.count({ where: { id: doneMark } }), 1);
    assert.equal(await db.queueMessage.count(), 0);
  });

  it('go to others only who have agreed', async () => {
    publish('mailto:a@victim.test,mailto:b@yes.test,mailto:c@other.test,mailto:d@sub.far.test');
    dns.zone['far.test._report._dmarc.yes.test'] = { TXT: ['v=DMARC1'] };
    dns.zone['far.test._report._dmarc.other.test'] = {
      TXT: ['v=DMARC1; rua=mailto:e@other.test,mailto:f@victim.test'],
    };
    dns.zone['far.test._report._dmarc.victim.test'] = { TXT: ['v=spf1 -all'] };
    await countSome();
    await sendDmarcReports(signal);
    assert.deepEqual(await recipients(), ['b@yes.test', 'd@sub.far.test', 'e@other.test']);
  });

  it('wait while the DNS does not say whether another has agreed', async () => {
    publish('mailto:a@yes.test');
    dns.zone['far.test._report._dmarc.yes.test'] = 'SERVFAIL';
    await countSome();
    await sendDmarcReports(signal);
    assert.equal(await db.dmarcResult.count({ where: { id: doneMark } }), 0);
  });

  it('are as small as wanted, or not sent', async () => {
    publish('mailto:a@far.test!10m,mailto:b@far.test!1');
    await countSome();
    await sendDmarcReports(signal);
    assert.deepEqual(await recipients(), ['a@far.test']);
  });

  it('are not sent about a day that lasts, nor where the setting says no; counts are forgotten', async () => {
    publish('mailto:a@far.test');
    await countSome();
    freezeClock(new Date('2026-11-20T23:00:00Z'));
    assert.deepEqual(await sendDmarcReports(signal), { reports: 0 });
    freezeClock(new Date('2026-11-21T05:00:00Z'));
    await writeSetting('delivery.dmarcReports', false, 'test');
    assert.deepEqual(await sendDmarcReports(signal), {});
    await writeSetting('delivery.dmarcReports', true, 'test');
    freezeClock(new Date('2026-11-30T05:00:00Z'));
    await sendDmarcReports(signal);
    assert.equal(await db.dmarcResult.count(), 0);
  });
});

const addresses: [text: string, found: string[]][] = [
  ['mailto:a@far.test', ['a@far.test null']],
  ['mailto:A@Far.test!10m , mailto:b@far.test!512k', ['a@far.test 10485760', 'b@far.test 524288']],
  ['https://far.test/, mailto:', []],
  ['mailto:a%40b@far.test', []],
  ['mailto:a%0d%0aTo:x@far.test', []],
  ['mailto:a@far.test?cc=b@victim.test', []],
  [
    Array.from({ length: 50 }, (_, at) => `mailto:a${at}@far.test`).join(','),
    Array.from({ length: 5 }, (_, at) => `a${at}@far.test null`),
  ],
];
it('addresses for reports are few and plain', () => {
  for (const [text, found] of addresses) {
    assert.deepEqual(
      readReportAddresses(text).map(({ address, maxBytes }) => `${address} ${maxBytes}`),
      found,
      text,
    );
  }
});

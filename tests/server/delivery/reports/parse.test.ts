// DMARC and TLS reports of other servers as bytes: what is read of good ones, and that bad ones are refused in little
// time and memory.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { readAggregate } from '#server/delivery/reports/aggregate.ts';
import { readTlsReport } from '#server/delivery/reports/tls.ts';
import { maxReportBytes, unpackReport } from '#server/delivery/reports/unpack.ts';
import { BadReport, readXml } from '#server/delivery/reports/xml.ts';

const record = (source = '192.0.2.1', count = '3') => `<record>
  <row><source_ip>${source}</source_ip><count>${count}</count>
    <policy_evaluated><disposition>reject</disposition><dkim>pass</dkim><spf>fail</spf>
      <reason><type>local_policy</type></reason></policy_evaluated></row>
  <identifiers><header_from>Example.org</header_from></identifiers>
  <auth_results>
    <dkim><domain>example.org</domain><selector>s1</selector><result>pass</result></dkim>
    <spf><domain>bounce.example.net</domain><scope>mfrom</scope><result>fail</result></spf>
  </auth_results></record>`;

function makeReport(records: string, { domain = 'example.org', begin = '1795132800' } = {}) {
  return `<?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->
<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0"><version>1.0</version>
<report_metadata><org_name>Far &amp; Co &#60;x&#62;</org_name><email>a@far.test</email><report_id>id-1</report_id>
<date_range><begin>${begin}</begin><end>1795219199</end></date_range></report_metadata>
<policy_published><domain>${domain}</domain><adkim>r</adkim><p>reject</p><sp>none</sp></policy_published>
${records}</feedback>`;
}

describe('a DMARC report', () => {
  it('is read', async () => {
    const report = await readAggregate(makeReport(record() + record('2001:DB8::1', '4')));
    assert.deepEqual(report, {
      domain: 'example.org',
      organization: 'Far & Co <x>',
      reportId: 'id-1',
      policy: 'p=reject sp=none adkim=r',
      beginAt: new Date('2026-11-20T00:00:00Z'),
      endAt: new Date('2026-11-20T23:59:59Z'),
      messages: 7,
      isCut: false,
      records: ['192.0.2.1', '2001:db8::1'].map((source, index) => ({
        source,
        count: 3 + index,
        disposition: 'reject',
        isDkimAligned: true,
        isSpfAligned: false,
        headerFrom: 'example.org',
        findings: 'DKIM pass example.org s1, SPF fail bounce.example.net',
      })),
    });
  });

  it('of the old kind, with prefixes and CDATA, is read too', async () => {
    const text = makeReport(record())
      .replace('<org_name>Far &amp; Co &#60;x&#62;<', '<org_name><![CDATA[Far <& Co]]><')
      .replace(/<(\/?)(feedback|row)\b( xmlns="[^"]*")?/g, '<$1ns0:$2');
    const report = await readAggregate(`\ufeff${text}`);
    assert.equal(report.organization, 'Far <& Co');
    assert.equal(report.messages, 3);
  });

  it('of very many records is cut, and counted whole', async () => {
    const report = await readAggregate(makeReport(record().repeat(6000)));
    assert.deepEqual([report.records.length, report.messages, report.isCut], [5000, 18_000, true]);
  });

  const bad: [why: string, text: string, error: RegExp][] = [
    ['nothing', '', /cut off/],
    ['no XML', 'hello', /outside/],
    ['another document', '<html><body></body></html>', /not a DMARC report/],
    ['cut off', makeReport(record()).slice(0, -30), /without an end|cut off/],
    ['cut off in a comment', '<feedback><!-- ', /cut off/],
    ['two roots', `${makeReport(record())}<feedback></feedback>`, /not well-formed/],
    ['crossed tags', '<feedback><a><b></a></b></feedback>', /not open/],
    [
      'entities of its own (billion laughs)',
      `<!DOCTYPE feedback [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${makeReport(record())}`,
      /DOCTYPE/,
    ],
    [
      'a file of ours (XXE)',
      `<!DOCTYPE feedback [<!ENTITY x SYSTEM "file:///etc/passwd">]><feedback>&x;</feedback>`,
      /DOCTYPE/,
    ],
    ['too deep', `<feedback>${'<a>'.repeat(100)}`, /too deep/],
    ['a tag without an end', `<feedback ${'x'.repeat(10_000)}`, /without an end/],
    ['no address', makeReport(record('::g')), /without address/],
    ['a number that is none', makeReport(record('192.0.2.1', '-5')), /number/],
    ['no domain', makeReport(record(), { domain: 'a b' }), /domain/],
    ['no time', makeReport(record(), { begin: 'now' }), /time/],
    ['a time of years', makeReport(record(), { begin: '1' }), /time/],
  ];
  for (const [why, text, error] of bad) {
    it(`is refused: ${why}`, async () => {
      await assert.rejects(readAggregate(text), (thrown: Error) => {
        assert.ok(thrown instanceof BadReport, String(thrown));
        assert.match(thrown.message, error);
        return true;
      });
    });
  }

  it('of unknown entities and control characters is read without them', async () => {
    const text = makeReport(record()).replace('id-1', 'i&#0;d&#x7;&what;');
    assert.equal((await readAggregate(text)).reportId, 'id &what;');
  });

  it('cut anywhere throws nothing but BadReport', async () => {
    const text = makeReport(record());
    for (let end = 0; end < text.length - 1; end++) {
      await assert.rejects(readAggregate(text.slice(0, end)), BadReport);
    }
  });

  it('has a limit on its elements', () => {
    const all = readXml(`<feedback>${'<a/>'.repeat(1_000_001)}</feedback>`);
    assert.throws(() => {
      for (const _step of all);
    }, /too many elements/);
  });
});

/** A ZIP of one file; `size` is what it claims. */
function makeZip(name: string, content: Buffer, method = 8, flags = 0): Buffer {
  const packed = method === 8 ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(method, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const start = 30 + name.length + packed.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

describe('an attached report', () => {
  const text = Buffer.from(makeReport(record()));
  const good: [why: string, packed: Buffer][] = [
    ['plain', text],
    ['gzip', gzipSync(text)],
    ['ZIP', makeZip('a.xml', text)],
    ['ZIP, stored', makeZip('a.xml', text, 0)],
  ];
  for (const [why, packed] of good) {
    it(`is unpacked: ${why}`, async () => {
      assert.ok((await unpackReport(packed)).equals(text));
    });
  }

  const zeros = Buffer.alloc(maxReportBytes + 1);
  const bad: [why: string, packed: Buffer, error: RegExp][] = [
    ['a gzip bomb', gzipSync(zeros), /too large/],
    ['a ZIP bomb', makeZip('a.xml', zeros), /too large/],
    ['too large as it is', zeros, /too large/],
    ['broken gzip', gzipSync(text).subarray(0, 100), /broken/],
    ['ZIP cut off', makeZip('a.xml', text).subarray(0, -30), /cut off|empty/],
    ['ZIP with a password', makeZip('a.xml', text, 8, 1), /password/],
    ['ZIP packed in a strange way', makeZip('a.xml', text, 9), /unknown way/],
    ['ZIP with nothing but a folder', makeZip('folder/', text), /empty/],
    ['ZIP of noise', makeZip('a.xml', text).fill(0xaa, 38, 60), /broken/],
  ];
  for (const [why, packed, error] of bad) {
    it(`is refused: ${why}`, async () => {
      await assert.rejects(unpackReport(packed), (thrown: Error) => {
        assert.ok(thrown instanceof BadReport, String(thrown));
        assert.match(thrown.message, error);
        return true;
      });
    });
  }

  it('with any octet changed throws nothing but BadReport', async () => {
    const packed = makeZip('a.xml', text);
    for (let at = 0; at < packed.length; at += 1) {
      const changed = Buffer.from(packed);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      await unpackReport(changed).catch((error) => assert.ok(error instanceof BadReport, error));
    }
  });
});

describe('a TLS report', () => {
  const policy = {
    policy: { 'policy-type': 'sts', 'policy-domain': 'Example.org' },
    summary: { 'total-successful-session-count': 5, 'total-failure-session-count': 2 },
    'failure-details': [
      {
        'result-type': 'certificate-expired',
        'receiving-mx-hostname': 'mx.example.org',
        'failed-session-count': 2,
      },
      { 'result-type': 7 },
    ],
  };
  const report = {
    'organization-name': 'Far',
    'date-range': {
      'start-datetime': '2026-11-20T00:00:00Z',
      'end-datetime': '2026-11-20T23:59:59Z',
    },
    'contact-info': 'a@far.test',
    'report-id': 'r-1',
    policies: [policy],
  };

  it('is read, a broken detail left out', () => {
    assert.deepEqual(readTlsReport(JSON.stringify(report)), {
      organization: 'Far',
      reportId: 'r-1',
      beginAt: new Date('2026-11-20T00:00:00Z'),
      endAt: new Date('2026-11-20T23:59:59Z'),
      policies: [
        {
          domain: 'example.org',
          policyType: 'sts',
          successes: 5,
          failures: 2,
          details: [{ result: 'certificate-expired', host: 'mx.example.org', count: 2 }],
        },
      ],
    });
  });

  const bad: [why: string, text: string][] = [
    ['no JSON', '{'],
    ['null', 'null'],
    ['deep', '['.repeat(200_000)],
    ['no policies', JSON.stringify({ ...report, policies: [] })],
    [
      'numbers below zero',
      JSON.stringify({
        ...report,
        policies: [
          {
            ...policy,
            summary: { 'total-successful-session-count': -1, 'total-failure-session-count': 0 },
          },
        ],
      }),
    ],
    [
      'no time',
      JSON.stringify({ ...report, 'date-range': { 'start-datetime': 'x', 'end-datetime': 'y' } }),
    ],
    ['nobody', JSON.stringify({ ...report, 'organization-name': '', 'contact-info': '' })],
    ['too large', `${JSON.stringify(report)}${' '.repeat(3_000_000)}`],
  ];
  for (const [why, text] of bad) {
    it(`is refused: ${why}`, () => {
      assert.throws(() => readTlsReport(text), BadReport);
    });
  }
});

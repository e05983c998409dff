// The records a domain should have, and verdicts on what the DNS says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as judges from '#lib/accounts/domain-dns/judge.ts';
import { listWantedRecords, writeZone } from '#lib/accounts/domain-dns/wanted.ts';

const ok = <T>(...records: T[]) => ({ status: 'ok' as const, records });
const none = { status: 'none' as const };
const failed = { status: 'failed' as const, text: 'SERVFAIL' };
const host = 'mail.example.org';
const spf = (records: string[], result = 'pass') =>
  judges.judgeSpf(ok(...records), new Map([['192.0.2.7', result]]));

const verdicts: [
  what: string,
  given: { state: string; text: string },
  state: string,
  text: RegExp,
][] = [
  [
    'mx: ours',
    judges.judgeMx(ok({ exchange: 'MAIL.example.org.', preference: 10 }), host),
    'right',
    /^$/,
  ],
  [
    'mx: ours among others',
    judges.judgeMx(
      ok({ exchange: host, preference: 10 }, { exchange: 'b.test', preference: 20 }),
      host,
    ),
    'right',
    /b\.test/,
  ],
  [
    'mx: others',
    judges.judgeMx(ok({ exchange: 'b.test', preference: 10 }), host),
    'different',
    /not here/,
  ],
  ['mx: null', judges.judgeMx(ok({ exchange: '', preference: 0 }), host), 'different', /null MX/],
  ['mx: none', judges.judgeMx(none, host), 'missing', /no such/],
  ['mx: failed', judges.judgeMx(failed, host), 'unknown', /SERVFAIL/],
  ['host: own', judges.judgeHost(ok('192.0.2.7'), ['192.0.2.7']), 'right', /^$/],
  ['host: behind a router', judges.judgeHost(ok('192.0.2.7'), ['10.0.0.2']), 'right', /router/],
  [
    'host: private',
    judges.judgeHost(ok('192.168.1.2'), ['192.168.1.2']),
    'different',
    /cannot be reached/,
  ],
  ['ptr: right', judges.judgeReverse(ok('Mail.Example.org'), host), 'right', /^$/],
  ['ptr: none', judges.judgeReverse(none, host), 'missing', /without a name/],
  ['ptr: other', judges.judgeReverse(ok('host7.provider.test'), host), 'different', /host7/],
  ['spf: passes', spf(['v=spf1 mx -all', 'some-token=1']), 'right', /^$/],
  ['spf: refuses us', spf(['v=spf1 -all'], 'fail'), 'different', /192\.0\.2\.7.*"fail"/],
  ['spf: several', spf(['v=spf1 mx -all', 'v=spf1 a -all']), 'different', /several/],
  ['spf: everybody', spf(['v=spf1 +all']), 'different', /everybody/],
  ['spf: everybody without a sign', spf(['v=spf1 mx all']), 'different', /everybody/],
  ['spf: other texts only', spf(['v=spf10 mx']), 'missing', /no such/],
  [
    'dmarc: quarantine',
    judges.judgeDmarc(ok('v=DMARC1; p=quarantine; rua=mailto:a@b.test')),
    'right',
    /^$/,
  ],
  ['dmarc: watching', judges.judgeDmarc(ok('v=DMARC1;p=none')), 'right', /watches.*no reports/],
  [
    'dmarc: no policy',
    judges.judgeDmarc(ok('v=DMARC1; rua=mailto:a@b.test')),
    'different',
    /no policy/,
  ],
  [
    'dmarc: several',
    judges.judgeDmarc(ok('v=DMARC1; p=none', 'v=DMARC1; p=reject')),
    'different',
    /several/,
  ],
  ['dmarc: none of its kind', judges.judgeDmarc(ok('v=spf1 -all')), 'missing', /no such/],
  ['sts: ours', judges.judgeSts(ok('v=STSv1; id=abc1;'), 'abc1'), 'right', /^$/],
  [
    'sts: another id',
    judges.judgeSts(ok('v=STSv1; id=abc2'), 'abc1'),
    'different',
    /another policy/,
  ],
  [
    'tls report: right',
    judges.judgeTlsReport(ok('v=TLSRPTv1; rua=mailto:a@b.test')),
    'right',
    /^$/,
  ],
  ['tls report: nobody', judges.judgeTlsReport(ok('v=TLSRPTv1;')), 'different', /nobody/],
  ['alias: here', judges.judgeAlias(ok('192.0.2.7'), ok('192.0.2.7')), 'right', /^$/],
  [
    'alias: elsewhere',
    judges.judgeAlias(ok('192.0.2.8'), ok('192.0.2.7')),
    'different',
    /192\.0\.2\.8/,
  ],
  [
    'service: right',
    judges.judgeService(ok({ target: host, port: 993 }), host, 993),
    'right',
    /^$/,
  ],
  [
    'service: other port',
    judges.judgeService(ok({ target: host, port: 143 }), host, 993),
    'different',
    /143/,
  ],
  [
    'service: none such (".")',
    judges.judgeService(ok({ target: '', port: 0 }), host, 993),
    'different',
    /nobody/,
  ],
];

for (const [what, given, state, text] of verdicts) {
  test(what, () => {
    assert.equal(given.state, state);
    assert.match(given.text, text);
  });
}

test('A zone has each record but those of others, in strings of at most 255', () => {
  const records = listWantedRecords({
    domain: 'example.org',
    hostname: host,
    addresses: ['192.0.2.7', '2001:db8::7'],
    dkim: [
      {
        name: 's1._domainkey.example.org',
        value: 'v=DKIM1; k=rsa; p=AB',
        zoneText: '( "v=DKIM1; k=rsa; "\n  "p=AB" )',
      },
    ],
    stsId: 'abc1',
    services: [{ service: 'imaps', port: 993 }],
  });
  assert.equal(
    writeZone(records),
    `mail.example.org. 3600 IN A 192.0.2.7
mail.example.org. 3600 IN AAAA 2001:db8::7
example.org. 3600 IN MX 10 mail.example.org.
example.org. 3600 IN TXT "v=spf1 mx -all"
s1._domainkey.example.org. 3600 IN TXT ( "v=DKIM1; k=rsa; "
  "p=AB" )
_dmarc.example.org. 3600 IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc-reports@example.org"
_smtp._tls.example.org. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tls-reports@example.org"
_mta-sts.example.org. 3600 IN TXT "v=STSv1; id=abc1"
mta-sts.example.org. 3600 IN CNAME mail.example.org.
autoconfig.example.org. 3600 IN CNAME mail.example.org.
autodiscover.example.org. 3600 IN CNAME mail.example.org.
_imaps._tcp.example.org. 3600 IN SRV 0 1 993 mail.example.org.
`,
  );
  // An address is named by whom it belongs to.
  assert.equal(records.filter(({ type }) => type === 'PTR').length, 2);
});

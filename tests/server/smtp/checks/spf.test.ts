// SPF alone: off, into Junk, refused; and what is said of it in the trail's words.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { describeFindings, type Findings } from '#server/smtp/trust/findings.ts';
import type { ZoneEntry } from '#tests/support/dns.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(() => forgetAnswers());

const data = 'From: eve@far.test\r\nTo: ada@example.org\r\nSubject: x\r\n\r\nHi.\r\n';

async function send(from = 'eve@far.test'): Promise<string> {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  const reply = await client.deliver({ from, to: 'ada@example.org', data });
  client.destroy();
  return reply;
}

const txt = (text: string): ZoneEntry => ({ TXT: [text] });
const cases: [string, ZoneEntry | 'SERVFAIL' | 'TIMEOUT' | undefined, RegExp][] = [
  ['listed', txt('v=spf1 ip4:192.0.2.0/24 -all'), /^250 /],
  ['not listed', txt('v=spf1 ip4:198.51.100.1 -all'), /^550 5\.7\.23 far\.test does not/],
  ['not listed, softly', txt('v=spf1 ~all'), /^250 /],
  ['no record', undefined, /^250 /],
  ['two records are an error of theirs', { TXT: ['v=spf1 -all', 'v=spf1 ~all'] }, /^250 /],
  [
    'eleven look-ups are an error of theirs',
    txt(`v=spf1 ${'include:x.test '.repeat(11)}-all`),
    /^250 /,
  ],
  ['nothing to be had now', 'SERVFAIL', /^250 /],
];

for (const [name, entry, expected] of cases) {
  test(`refused: ${name}`, async () => {
    await writeSetting('content.spfFail', 'refuse', 'test');
    try {
      if (entry) world.dns.zone['far.test'] = entry;
      assert.match(await send(), expected);
    } finally {
      delete world.dns.zone['far.test'];
      await resetSetting('content.spfFail', 'test');
    }
  });
}

test('off by default, Junk on demand; bounces are judged by HELO', async () => {
  const no = txt('v=spf1 -all');
  world.dns.zone['far.test'] = no;
  world.dns.zone['relay.far.test'] = no;
  assert.match(await send(), /^250 /);
  assert.equal((await world.readInbox(world.ada, 'Junk')).length, 0);
  await writeSetting('content.spfFail', 'junk', 'test');
  assert.match(await send(), /^250 /);
  assert.match(await send(''), /^250 /);
  assert.equal((await world.readInbox(world.ada, 'Junk')).length, 2);
});

test('findings in few words', () => {
  const signature = (result: string, domain: string) => ({
    result,
    domain,
    selector: 's',
    comment: '',
  });
  const findings: Findings = {
    rows: [],
    spf: { result: 'pass', domain: 'a.test' },
    signatures: [signature('pass', 'example.org')],
    arc: { result: 'none', sealer: '', claims: { arc: '', dmarc: '', spf: '', dkim: [] } },
    dmarc: {
      result: 'pass',
      domain: 'example.org',
      policy: 'reject',
      unclear: '',
      isInDoubt: false,
    },
  };
  assert.equal(describeFindings(findings), 'SPF pass, DKIM pass example.org, DMARC pass');
  const forged: Findings = {
    ...findings,
    signatures: Array.from({ length: 5 }, (_, n) => signature('neutral', `d${n}.test`)),
    arc: { ...findings.arc, result: 'fail', sealer: 'l.test' },
    dmarc: { ...findings.dmarc, result: 'fail' },
  };
  assert.equal(
    describeFindings(forged),
    'SPF pass, DKIM neutral d0.test, DKIM neutral d1.test, DKIM neutral d2.test, 2 more, ARC fail l.test, DMARC fail, policy reject',
  );
});

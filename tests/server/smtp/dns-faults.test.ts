// A DNS that fails in every way, for every kind of question, with every check that asks set to refuse: mail is
// taken or put off, and never refused for good.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { resetSetting, type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Zone, ZoneEntry } from '#tests/support/dns.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const strict: [SettingKey, unknown][] = [
  ['checks.reverseName', 'refuse'],
  ['checks.heloName', 'refuse'],
  ['checks.heloResolves', 'refuse'],
  ['checks.senderDomain', 'refuse'],
  ['checks.dnsLists', ['bl.test']],
  ['content.spfFail', 'refuse'],
];
/** All is well: nothing of it is refused. */
const good: Zone = {
  '7.2.0.192.in-addr.arpa': { PTR: ['relay.far.test'] },
  'relay.far.test': { A: ['192.0.2.7'] },
  'far.test': { MX: ['10 relay.far.test'], TXT: ['v=spf1 include:spf.far.test -all'] },
  'spf.far.test': { TXT: ['v=spf1 a:relay.far.test -all'] },
  '_dmarc.far.test': { TXT: ['v=DMARC1; p=reject'] },
};

before(async () => {
  world = await openWorld();
  for (const [key, value] of strict) await writeSetting(key, value, 'test');
});
after(async () => {
  for (const [key] of strict) await resetSetting(key, 'test');
  await world.close();
});
beforeEach(() => {
  world.dns.zone = structuredClone(good);
  forgetAnswers();
});

const signed =
  'DKIM-Signature: v=1; a=rsa-sha256; d=far.test; s=s1; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n';

async function bring(header = ''): Promise<string> {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  const data = `${header}From: eve@far.test\r\nTo: ada@example.org\r\nSubject: x\r\n\r\nHi.\r\n`;
  const reply = await client.deliver({ to: 'ada@example.org', data });
  client.destroy();
  return reply;
}

test('with a DNS that answers the mail is taken', async () => {
  assert.match(await bring(), /^250 /);
});

const faults = ['SERVFAIL', 'REFUSED'] as const;
const questions: [name: string, what: string, header?: string][] = [
  ['7.2.0.192.in-addr.arpa', 'PTR of the client'],
  ['relay.far.test', 'A and AAAA of its name, its HELO and its MX'],
  ['far.test', 'MX and TXT of the sender'],
  ['spf.far.test', 'TXT that SPF includes'],
  ['_dmarc.far.test', 'TXT of DMARC'],
  ['s1._domainkey.far.test', 'TXT of a DKIM key', signed],
  ['7.2.0.192.bl.test', 'A of a DNS list'],
];
for (const [name, what, header] of questions) {
  for (const fault of faults) {
    test(`${fault} for ${what}`, async () => {
      world.dns.zone[name] = fault;
      assert.match(await bring(header), /^(250|45\d) /);
    });
  }
}

for (const fault of faults) {
  test(`${fault} for everything`, async () => {
    world.dns.zone = Object.fromEntries(questions.map(([name]) => [name, fault]));
    assert.match(await bring(signed), /^(250|45\d) /);
  });
}

test('no name server can be reached', async () => {
  await writeSetting('delivery.dnsServers', ['127.0.0.1:1'], 'test');
  forgetAnswers();
  assert.match(await bring(signed), /^(250|45\d) /);
  await world.dns.use();
});

const nonsense: [string, string, ZoneEntry][] = [
  [
    'control characters in a PTR',
    '7.2.0.192.in-addr.arpa',
    { PTR: ['relay\r\nX-Evil: 1.far.test'] },
  ],
  ['a PTR that is no name', '7.2.0.192.in-addr.arpa', { PTR: ['<script>.far.test'] }],
  ['a hundred PTRs', '7.2.0.192.in-addr.arpa', { PTR: Array(90).fill('nobody.far.test') }],
  ['an MX to this machine', 'far.test', { MX: ['10 localhost'], TXT: ['v=spf1 +all'] }],
  ['a DMARC record with lines', '_dmarc.far.test', { TXT: ['v=DMARC1;\r\nX-Evil: 1; p=none'] }],
  [
    'a DNS list that explains itself in lines',
    '7.2.0.192.bl.test',
    { A: ['127.0.0.2'], TXT: ['go to\r\n250 2.0.0 Ok\r\nX-Evil: 1'] },
  ],
];
for (const [what, name, entry] of nonsense) {
  test(`nonsense: ${what}`, async () => {
    world.dns.zone[name] = entry;
    const before = (await world.readInbox(world.ada)).length;
    const reply = await bring();
    assert.match(reply, /^[245]\d\d \d\.\d+\.\d+ [ -~]*$/, 'one line of printable text');
    for (const message of (await world.readInbox(world.ada)).slice(before)) {
      assert.doesNotMatch(message, /^X-Evil/m);
      assert.doesNotMatch(message, /<script>/);
    }
  });
}

// DMARC with its policy, over a real socket and a name server of our own (RFC 9989), and who may vouch.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { readSettings, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { isVouchedFor, judgeDmarc } from '#server/smtp/checks/message/dmarc.ts';
import { explainMail } from '#server/smtp/explain.ts';
import { trustLimits } from '#server/smtp/trust/trust-worker.ts';
import type { ZoneEntry } from '#tests/support/dns.ts';
import { makeSigner, type Signer } from '../seal.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let bank: Signer;
let list: Signer;
let evil: Signer;
let keys: World['dns']['zone'];

before(async () => {
  world = await openWorld();
  keys = {};
  bank = makeSigner(keys, 'bank.test');
  list = makeSigner(keys, 'list.test');
  evil = makeSigner(keys, 'evil.test');
  for (const name of ['connectionsPerMinute', 'messagesPerMinute', 'recipientsPerMinute']) {
    await writeSetting(`checks.${name}`, 0, 'test');
  }
});
after(() => world.close());
beforeEach(() => {
  for (const name of Object.keys(world.dns.zone)) delete world.dns.zone[name];
  Object.assign(world.dns.zone, keys);
  forgetAnswers();
});

const write = (from: string, body = 'Hi.') =>
  `From: ${from}\r\nTo: ada@example.org\r\nSubject: Hello\r\nDate: Sat, 21 Nov 2026 07:00:00 +0000\r\nMessage-ID: <${Math.random()}@x>\r\n\r\n${body}\r\n`;

type Sent = { reply: string; folder: 'INBOX' | 'Junk' | ''; stamp: string };

async function send(data: string, from = 'eve@evil.test'): Promise<Sent> {
  const [inbox, junk] = await Promise.all([
    world.readInbox(world.ada),
    world.readInbox(world.ada, 'Junk'),
  ]);
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  const reply = await client.deliver({ from, to: 'ada@example.org', data });
  client.destroy();
  const nowInbox = await world.readInbox(world.ada);
  const nowJunk = await world.readInbox(world.ada, 'Junk');
  const message =
    nowInbox.length > inbox.length
      ? nowInbox.at(-1)
      : nowJunk.length > junk.length
        ? nowJunk.at(-1)
        : '';
  const stamp =
    /^Authentication-Results: mail\.example\.org;(?:.*\r\n[ \t])*.*\r\n/m.exec(message ?? '') ?? '';
  const folder =
    nowInbox.length > inbox.length ? 'INBOX' : nowJunk.length > junk.length ? 'Junk' : '';
  return { reply, folder, stamp: String(stamp).replace(/\r\n[ \t]+/g, ' ') };
}

type Case = {
  name: string;
  zone: Record<string, ZoneEntry | 'SERVFAIL' | 'REFUSED'>;
  from?: string;
  sender?: string;
  expect: 'INBOX' | 'Junk' | RegExp;
  stamp?: RegExp;
};

const txt = (text: string): ZoneEntry => ({ TXT: [text] });
const ours = 'v=spf1 ip4:192.0.2.7 -all';

const cases: Case[] = [
  {
    name: 'reject is a refusal',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject') },
    expect: /^550 5\.7\.1 bank\.test asks/,
  },
  {
    name: 'quarantine is Junk',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=quarantine') },
    expect: 'Junk',
    stamp: /dmarc=fail/,
  },
  {
    name: 'none is told only',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=none') },
    expect: 'INBOX',
    stamp: /dmarc=fail/,
  },
  { name: 'no record is no policy', zone: {}, expect: 'INBOX', stamp: /dmarc=none/ },
  {
    name: 't=y takes one step off: reject → quarantine (RFC 9989 §4.7)',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject; t=y') },
    expect: 'Junk',
  },
  {
    name: 't=y takes one step off: quarantine → none',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=quarantine; t=y') },
    expect: 'INBOX',
  },
  {
    name: 'sp is for names below that exist',
    zone: {
      '_dmarc.bank.test': txt('v=DMARC1; p=none; sp=reject; np=none'),
      'news.bank.test': { A: ['192.0.2.1'] },
    },
    from: 'ceo@news.bank.test',
    expect: /^550 /,
  },
  {
    name: 'np is for names below that do not exist',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=none; sp=none; np=reject') },
    from: 'ceo@nothing.bank.test',
    expect: /^550 /,
  },
  {
    name: 'p is for both where they say nothing',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject') },
    from: 'ceo@nothing.bank.test',
    expect: /^550 /,
  },
  {
    name: 'whether a name exists is not known: no policy is applied',
    zone: {
      '_dmarc.bank.test': txt('v=DMARC1; p=none; np=reject'),
      'odd.bank.test': 'SERVFAIL',
    },
    from: 'ceo@odd.bank.test',
    expect: 'INBOX',
    stamp: /dmarc=temperror/,
  },
  {
    name: 'SPF of the same organisation passes',
    zone: {
      '_dmarc.bank.test': txt('v=DMARC1; p=reject'),
      'mail.bank.test': txt(ours),
    },
    sender: 'bounce@mail.bank.test',
    expect: 'INBOX',
    stamp: /dmarc=pass/,
  },
  {
    name: 'aspf=s wants the very same domain',
    zone: {
      '_dmarc.bank.test': txt('v=DMARC1; p=reject; aspf=s'),
      'mail.bank.test': txt(ours),
    },
    sender: 'bounce@mail.bank.test',
    expect: /^550 /,
  },
  {
    name: 'SPF of somebody else is nothing',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': txt(ours) },
    expect: /^550 /,
  },
  {
    name: 'a public suffix with psd=y is not an organisation',
    zone: {
      '_dmarc.test': txt('v=DMARC1; p=reject; psd=y'),
      'evil.test': txt(ours),
    },
    expect: /^550 /,
  },
  {
    name: 'pct is history (RFC 9989 appendix)',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject; pct=0') },
    expect: /^550 /,
  },
  {
    name: 'the record cannot be had now',
    zone: { '_dmarc.bank.test': 'SERVFAIL' },
    expect: 'INBOX',
    stamp: /dmarc=temperror/,
  },
  {
    name: 'SPF of the author cannot be had now: later, not never',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'bank.test': 'SERVFAIL' },
    sender: 'ceo@bank.test',
    expect: /^451 4\.4\.3 /,
  },
  {
    name: 'the same with quarantine passes',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=quarantine'), 'bank.test': 'REFUSED' },
    sender: 'ceo@bank.test',
    expect: 'INBOX',
  },
  {
    name: 'somebody else’s DNS does not help a forger',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': 'SERVFAIL' },
    expect: /^550 /,
  },
  {
    name: 'several authors of one domain are one author domain',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject') },
    from: 'a@bank.test, b@bank.test',
    expect: /^550 /,
  },
  {
    name: 'authors of two domains are nobody’s',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': txt(ours) },
    from: 'ceo@bank.test, eve@evil.test',
    expect: 'Junk',
  },
  {
    name: 'a second From does not help',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': txt(ours) },
    from: 'eve@evil.test\r\nFrom: ceo@bank.test',
    expect: 'Junk',
  },
  {
    name: 'two addresses without a comma are read in two ways',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': txt(ours) },
    from: 'eve@evil.test ceo@bank.test',
    expect: 'Junk',
  },
  {
    name: 'an address for a name is no second author',
    zone: { 'evil.test': txt(ours) },
    from: 'ada@far.test <eve@evil.test>',
    expect: 'INBOX',
    stamp: /header\.from=evil\.test/,
  },
  {
    name: 'an author in other letters is one author',
    zone: { '_dmarc.xn--bcher-kva.test': txt('v=DMARC1; p=quarantine') },
    from: '"B" <ceo@B\u00fccher.TEST>',
    expect: 'Junk',
    stamp: /dmarc=fail.*header\.from=xn--bcher-kva\.test/s,
  },
  {
    name: 'a From too long to read does not help',
    zone: { '_dmarc.bank.test': txt('v=DMARC1; p=reject'), 'evil.test': txt(ours) },
    from: `${'"x" <eve@evil.test>,\r\n '.repeat(2000)} ceo@bank.test`,
    expect: 'Junk',
  },
];

for (const { name, zone, from = 'ceo@bank.test', sender, expect, stamp } of cases) {
  test(name, async () => {
    Object.assign(world.dns.zone, zone);
    const sent = await send(write(from), sender);
    if (expect instanceof RegExp) assert.match(sent.reply, expect);
    else assert.deepEqual([sent.reply.slice(0, 3), sent.folder], ['250', expect], sent.reply);
    if (stamp) assert.match(sent.stamp, stamp);
  });
}

test('a signature of the author passes, a changed body does not', async () => {
  world.dns.zone['_dmarc.bank.test'] = txt('v=DMARC1; p=reject');
  const signed = await bank.sign(write('ceo@bank.test'));
  const good = await send(signed);
  assert.equal(good.folder, 'INBOX');
  assert.match(good.stamp, /dmarc=pass.*dkim=pass/s);
  assert.match((await send(signed.replace('Hi.', 'Ho.'))).reply, /^550 5\.7\.1/);
  assert.match((await send(await evil.sign(write('ceo@bank.test')))).reply, /^550 5\.7\.1/);
});

test('the settings soften what a domain asks for', async () => {
  world.dns.zone['_dmarc.bank.test'] = txt('v=DMARC1; p=reject');
  try {
    await writeSetting('content.dmarcReject', 'junk', 'test');
    assert.equal((await send(write('ceo@bank.test'))).folder, 'Junk');
    await writeSetting('content.dmarcReject', 'tag', 'test');
    const told = await send(write('ceo@bank.test'));
    assert.equal(told.folder, 'INBOX');
    assert.match(told.stamp, /dmarc=fail/);
    await writeSetting('content.authenticity', false, 'test');
    assert.deepEqual(await send(write('ceo@bank.test')).then(({ stamp }) => stamp), '');
  } finally {
    await resetSetting('content.dmarcReject', 'test');
    await resetSetting('content.authenticity', 'test');
  }
});

test('a list that is trusted vouches for what it sealed', async () => {
  world.dns.zone['_dmarc.bank.test'] = txt('v=DMARC1; p=reject');
  const changed = write('ceo@bank.test', 'Hi. -- footer of the list');
  const sealed = await list.seal(changed, 'dmarc=pass header.from=bank.test');
  assert.match((await send(sealed)).reply, /^550 /, 'nobody is trusted yet');
  await writeSetting('content.trustedSealers', ['list.test'], 'test');
  try {
    const taken = await send(sealed);
    assert.equal(taken.folder, 'INBOX', taken.reply);
    assert.match(taken.stamp, /arc=pass/);
    assert.match((await send(sealed.replace('Hi.', 'Ho.'))).reply, /^550 /, 'changed since');
    const others = await evil.seal(changed, 'dmarc=pass header.from=bank.test');
    assert.match((await send(others)).reply, /^550 /, 'not trusted');
    const knew = await list.seal(changed, 'dmarc=fail header.from=bank.test');
    assert.match((await send(knew)).reply, /^550 /, 'the list itself found it forged');
    const after = await evil.seal(sealed, 'arc=pass; dmarc=pass', 'pass');
    assert.match((await send(after)).reply, /^550 /, 'somebody had it after the list');
  } finally {
    await resetSetting('content.trustedSealers', 'test');
  }
});

test('a key that is never answered takes no time from the author’s own domain', async () => {
  const { phaseMs } = trustLimits;
  trustLimits.phaseMs = 3000;
  try {
    Object.assign(world.dns.zone, {
      '_dmarc.bank.test': txt('v=DMARC1; p=reject'),
      's1._domainkey.evil.test': 'TIMEOUT',
    });
    assert.match((await send(await evil.sign(write('ceo@bank.test')))).reply, /^550 5\.7\.1/);
  } finally {
    trustLimits.phaseMs = phaseMs;
  }
});

test('who may vouch', () => {
  const claims = { arc: '', dmarc: '', spf: '', dkim: [] as string[] };
  const arc = { result: 'pass', sealer: 'list.test', claims };
  const rows: [boolean, Parameters<typeof isVouchedFor>[0]][] = [
    [true, { ...arc, claims: { ...claims, dmarc: 'pass' } }],
    [true, { ...arc, claims: { ...claims, arc: 'pass', dmarc: 'fail' } }],
    [true, { ...arc, claims: { ...claims, dkim: ['fail', 'pass'] } }],
    [false, { ...arc, claims: { ...claims, dmarc: 'fail', spf: 'pass' } }],
    [false, { ...arc, claims: { ...claims, dmarc: 'none' } }],
    [false, arc],
    [false, { ...arc, result: 'fail', claims: { ...claims, dmarc: 'pass' } }],
    [false, { ...arc, sealer: 'evil.test', claims: { ...claims, dmarc: 'pass' } }],
  ];
  for (const [is, row] of rows) assert.equal(isVouchedFor(row, ['list.test']), is);
});

test('a refusal names no more of the domain than a domain has', async () => {
  const verdict = judgeDmarc(
    {
      rows: [],
      spf: { result: 'none', domain: '' },
      signatures: [],
      arc: { result: 'none', sealer: '', claims: { arc: '', dmarc: '', spf: '', dkim: [] } },
      dmarc: {
        result: 'fail',
        domain: 'bank.test\r\n250 Ok',
        policy: 'reject',
        unclear: '',
        isInDoubt: false,
      },
    },
    await readSettings(),
  );
  assert.equal(verdict.outcome === 'refuse' && /[\r\n]/.test(verdict.text), false);
});

test('an explanation says what was found, and what follows', async () => {
  world.dns.zone['_dmarc.bank.test'] = txt('v=DMARC1; p=reject');
  world.dns.zone['evil.test'] = txt(ours);
  const explained = await explainMail({
    client: '192.0.2.7',
    helo: 'relay.far.test',
    from: 'eve@evil.test',
    to: ['ada@example.org'],
    message: Buffer.from(write('ceo@bank.test')).toString('base64'),
  });
  const text = JSON.stringify(explained);
  assert.match(text, /SPF pass, no DKIM, DMARC fail, policy reject/);
  assert.match(text, /550 5\.7\.1 bank\.test asks|"code":550/);
});

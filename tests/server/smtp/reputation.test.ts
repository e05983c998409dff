// Checks of strangers over real sockets: how often they come, their names, lists, greylisting. The DNS and
// the clock are the test's own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addNetwork, removeNetwork } from '#lib/accounts/network.ts';
import { passTime } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { resetSetting, type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { readList } from '#server/smtp/checks/client/dns-lists.ts';
import { removeGreylisted } from '#server/smtp/checks/client/greylisting.ts';
import { forgetRates } from '#server/smtp/checks/client/rates.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let changed: SettingKey[] = [];
const set = async (key: SettingKey, value: unknown) => {
  changed.push(key);
  await writeSetting(key, value, 'test');
};

before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(async () => {
  for (const key of changed) await resetSetting(key, 'test');
  changed = [];
  forgetRates();
  forgetAnswers();
});

type Try = { from?: string; to?: string; helo?: string; address?: string };

/** The reply to RCPT of a stranger. */
async function ask({ from = 'eve@far.test', to = 'ada@example.org', helo, address }: Try = {}) {
  const client = await world.asStranger(address);
  await client.say(`EHLO ${helo ?? 'relay.far.test'}`);
  await client.say(`MAIL FROM:<${from}>`);
  const reply = await client.say(`RCPT TO:<${to}>`);
  client.destroy();
  return reply;
}

test('connections: more a minute than allowed are told to come back', async () => {
  await set('checks.connectionsPerMinute', 2);
  for (let index = 0; index < 2; index += 1) {
    assert.match((await world.asStranger()).greeting, /^220 /);
  }
  assert.match((await world.asStranger()).greeting, /^421 mail/);
  assert.match((await world.asNeighbour()).greeting, /^220 /);
  assert.match((await world.asStranger('198.51.100.9')).greeting, /^220 /);
  passTime(180_000);
  assert.match((await world.asStranger()).greeting, /^220 /);
});

test('connections: neighbours are counted together', async () => {
  await set('checks.connectionsPerMinuteOfNetwork', 2);
  assert.match((await world.asStranger('198.51.100.1')).greeting, /^220 /);
  assert.match((await world.asStranger('198.51.100.2')).greeting, /^220 /);
  assert.match((await world.asStranger('198.51.100.3')).greeting, /^421 /);
  assert.match((await world.asStranger('198.51.101.3')).greeting, /^220 /);
});

test('messages and recipients a minute', async () => {
  await set('checks.messagesPerMinute', 2);
  await set('checks.recipientsPerMinute', 3);
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  for (const expected of [/^250 /, /^250 /, /^450 4\.7\.1 /]) {
    assert.match(await client.say('MAIL FROM:<eve@far.test>'), expected);
    await client.say('RSET');
  }
  passTime(180_000);
  await client.say('MAIL FROM:<eve@far.test>');
  for (const expected of [/^250 /, /^250 /, /^250 /, /^450 4\.7\.1 /]) {
    assert.match(await client.say('RCPT TO:<ada@example.org>'), expected);
  }
});

test('guessing of recipients ends, for those who exist too', async () => {
  await set('checks.unknownRecipientsPerHour', 3);
  for (let index = 0; index < 3; index += 1) {
    assert.match(await ask({ to: `guess${index}@example.org` }), /^550 5\.1\.1 /);
  }
  assert.match(await ask({ to: 'guess4@example.org' }), /^450 4\.7\.1 /);
  assert.match(await ask({ to: 'ada@example.org' }), /^450 4\.7\.1 /);
  assert.match(await ask({ address: '198.51.100.9' }), /^250 /);
});

test('an address without a confirmed name', async () => {
  assert.match(await ask({ address: '198.51.100.9' }), /^250 /);
  await set('checks.reverseName', 'refuse');
  assert.match(await ask(), /^250 /);
  assert.match(await ask({ address: '198.51.100.9' }), /^550 5\.7\.25 /);
  assert.match(await ask({ address: '192.0.2.8' }), /^550 5\.7\.25 /, 'leads elsewhere');
  world.dns.zone['9.2.0.192.in-addr.arpa'] = 'SERVFAIL';
  assert.match(await ask({ address: '192.0.2.9' }), /^451 4\.4\.3 /);
  assert.match(await ask({ address: '198.51.100.9', to: 'postmaster@example.org' }), /^250 /);
});

test('what a stranger calls itself', async () => {
  assert.match(await ask({ helo: 'MAIL.example.org' }), /^550 5\.7\.1 .*name of this server/);
  assert.match(await ask({ helo: 'mail.example.org', address: '127.0.0.9' }), /^250 /);
  assert.match(await ask({ helo: 'mail' }), /^250 /);
  await set('checks.heloName', 'refuse');
  for (const helo of ['mail', '192.0.2.7', 'mail..far.test', '[192.0.2.999]']) {
    assert.match(await ask({ helo }), /^550 5\.7\.1 /, helo);
  }
  for (const helo of ['relay.far.test', '[192.0.2.7]', '[IPv6:2001:db8::1]']) {
    assert.match(await ask({ helo }), /^250 /, helo);
  }
  await set('checks.heloResolves', 'refuse');
  assert.match(await ask({ helo: 'relay.far.test' }), /^250 /);
  assert.match(await ask({ helo: 'nobody.far.test' }), /^550 5\.7\.1 /);
  world.dns.zone['broken.far.test'] = 'SERVFAIL';
  assert.match(await ask({ helo: 'broken.far.test' }), /^451 4\.4\.3 /);
});

test('a sender who could never be answered', async () => {
  Object.assign(world.dns.zone, {
    'has-mx.test': { MX: ['10 mx.has-mx.test'] },
    'has-address.test': { A: ['192.0.2.80'] },
    'null-mx.test': { MX: ['0 .'] },
    'broken.test': 'SERVFAIL',
  });
  assert.match(await ask({ from: 'eve@nowhere.test' }), /^250 /);
  await set('checks.senderDomain', 'refuse');
  const cases: [string, RegExp][] = [
    ['eve@has-mx.test', /^250 /],
    ['eve@has-address.test', /^250 /],
    ['', /^250 /],
    ['eve@nowhere.test', /^550 5\.1\.8 /],
    ['eve@null-mx.test', /^550 5\.7\.27 /],
    ['eve@broken.test', /^451 4\.4\.3 /],
  ];
  for (const [from, expected] of cases) assert.match(await ask({ from }), expected, from);
});

test('into Junk instead of a refusal', async () => {
  await set('checks.senderDomain', 'junk');
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ from: 'eve@nowhere.test', to: 'bob@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.bob, 'Junk')).length, 1);
  assert.equal((await world.readInbox(world.bob)).length, 0);
});

test('a list line: zone, answers, weight', () => {
  const cases: [string, string, number, string[], string[]][] = [
    ['bl.test', 'bl.test', 1, ['127.0.0.2', '127.0.0.99'], ['10.0.0.1', '127.255.255.254']],
    ['bl.test*-3', 'bl.test', -3, ['127.0.0.2'], []],
    ['bl.test=127.0.0.2*5', 'bl.test', 5, ['127.0.0.2'], ['127.0.0.3']],
    ['bl.test=127.0.[0..1].[2..11]', 'bl.test', 1, ['127.0.1.11'], ['127.0.2.3', '127.0.0.12']],
  ];
  for (const [text, zone, weight, fitting, others] of cases) {
    const list = readList(text);
    assert.equal(list.zone, zone);
    assert.equal(list.weight, weight);
    for (const answer of fitting) assert.ok(list.fits(answer), `${text} ${answer}`);
    for (const answer of others) assert.ok(!list.fits(answer), `${text} ${answer}`);
  }
});

test('DNS lists: weights add up, errors of a list count nothing', async () => {
  Object.assign(world.dns.zone, {
    '7.2.0.192.bl.test': { A: ['127.0.0.2'], TXT: ['see\r\nhttp://bl.test/7'] },
    '7.2.0.192.other.test': { A: ['127.0.0.4'] },
    '7.2.0.192.broken.test': 'SERVFAIL',
    '7.2.0.192.limit.test': { A: ['127.255.255.254'] },
    '7.2.0.192.good.test': { A: ['127.0.5.1'] },
  });
  await set('checks.dnsLists', ['bl.test*2', 'other.test', 'broken.test*9', 'limit.test*9']);
  const refused = await ask();
  assert.match(
    refused,
    /^554 5\.7\.1 .*192\.0\.2\.7 is listed by bl\.test: see http:\/\/bl\.test\/7$/,
  );
  await set('checks.dnsListRefuse', 4);
  assert.match(await ask(), /^250 /);
  await set('checks.dnsListRefuse', 3);
  assert.match(await ask(), /^554 /);
  assert.match(await ask({ to: 'postmaster@example.org' }), /^250 /);
  assert.match(await ask({ address: '192.0.2.77' }), /^250 /);
  await addNetwork({ cidr: '192.0.2.7' }, 'test');
  assert.match(await ask(), /^250 /);
  await removeNetwork('192.0.2.7', 'test');
  await set('checks.dnsLists', ['bl.test*2', 'other.test', 'good.test*-10']);
  await set('checks.senderDomain', 'refuse');
  assert.match(await ask({ from: 'eve@nowhere.test' }), /^250 /, 'welcome, so not asked further');
});

test('greylisting: come again, and never asked again', async () => {
  await set('checks.greylisting', true);
  await set('checks.greylistSeconds', 60);
  assert.match(await ask(), /^450 4\.7\.1 Greylisted, try again in 60 seconds$/);
  passTime(30_000);
  assert.match(await ask(), /^450 4\.7\.1 Greylisted, try again in (29|30) seconds$/);
  passTime(31_000);
  assert.match(await ask(), /^250 /);
  assert.match(await ask({ to: 'bob@example.org' }), /^250 /, 'another recipient');
  assert.match(await ask({ address: '192.0.2.200' }), /^250 /, 'a neighbour of the same sender');
  assert.match(await ask({ from: 'eve@other.test' }), /^450 /, 'another sender domain');
  assert.match(await ask({ to: 'abuse@example.net', from: 'x@new.test' }), /^250 /);
  passTime(30 * 86_400_000);
  assert.match(await ask(), /^250 /, 'seen again in time');
  passTime(40 * 86_400_000);
  assert.match(await ask(), /^250 /, 'the mail of thirty days later counts');
  assert.ok((await db.greylist.count()) > 0);
  passTime(61 * 86_400_000);
  await removeGreylisted();
  assert.equal(await db.greylist.count(), 0);
  assert.match(await ask(), /^450 /);
});

test('greylisting: a second try that comes too late begins anew', async () => {
  await set('checks.greylisting', true);
  await set('checks.greylistSeconds', 1);
  await set('checks.greylistHours', 1);
  assert.match(await ask({ from: 'late@late.test' }), /^450 /);
  passTime(2 * 3_600_000);
  assert.match(await ask({ from: 'late@late.test' }), /^450 /);
  passTime(2_000);
  assert.match(await ask({ from: 'late@late.test' }), /^250 /);
});

test('greylisting: known for as many days as the setting says', async () => {
  await set('checks.greylisting', true);
  await set('checks.greylistSeconds', 1);
  await set('checks.greylistDays', 5);
  const from = 'rare@rare.test';
  assert.match(await ask({ from }), /^450 /);
  passTime(2_000);
  assert.match(await ask({ from }), /^250 /);
  passTime(4 * 86_400_000);
  assert.match(await ask({ from }), /^250 /);
  passTime(6 * 86_400_000);
  assert.match(await ask({ from }), /^450 /, 'forgotten');
  await set('checks.greylistDays', 60);
  assert.match(await ask({ from }), /^250 /, 'remembered all the same');
});

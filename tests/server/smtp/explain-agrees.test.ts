// "What would happen?" says what happens: each mail of the table is rehearsed first and then really sent, and
// the reply and the places where it ends are the same.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addAccessRule } from '#lib/accounts/access-rule.ts';
import { type Account, addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { addRewrite } from '#lib/accounts/rewrite.ts';
import { db, write } from '#lib/db.ts';
import type { Explanation, Question } from '#lib/explanation.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { resetSetting, type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { forgetRates } from '#server/smtp/checks/client/rates.ts';
import { explainMail } from '#server/smtp/explain.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { type Connected, connectTo } from './client.ts';
import { openWorld, password, type World } from './world.ts';

type Case = {
  name: string;
  from?: string;
  to?: string[];
  client?: string;
  helo?: string;
  /** Signs in on the submission port. */
  user?: string;
  message?: string;
  settings?: Record<string, unknown>;
  /** First digits of the reply, so that a case cannot agree for the wrong reason */
  says: RegExp;
  /** The places where the mail must end, sorted */
  ends?: string[];
};

const letter = (from = 'eve@far.test', more = '') =>
  `From: <${from}>\r\nTo: <ada@example.org>\r\nSubject: Hello\r\n${more}Message-ID: <m@far.test>\r\nDate: Sat, 21 Nov 2026 07:00:00 +0000\r\n\r\nHi.\r\n`;
const attached = (file: string) =>
  `From: <eve@far.test>\r\nSubject: A file\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHi.\r\n--b\r\nContent-Type: application/octet-stream; name="${file}"\r\nContent-Disposition: attachment; filename="${file}"\r\n\r\nMZ\r\n--b--\r\n`;
const nested = (depth: number): string =>
  depth === 0
    ? 'Content-Type: text/plain\r\n\r\nHi.\r\n'
    : `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested(depth - 1)}\r\n--b${depth}--\r\n`;

const adaInbox = 'inbox ada@example.org';
const bobInbox = 'inbox bob@example.org';

const cases: Case[] = [
  { name: 'a good mail', says: /^250 /, ends: [adaInbox] },
  { name: 'with a detail', to: ['ada+list@example.org'], says: /^250 /, ends: [adaInbox] },
  { name: 'in capitals', to: ['ADA@Example.ORG'], says: /^250 /, ends: [adaInbox] },
  { name: 'an alias', to: ['team@example.org'], says: /^250 /, ends: [adaInbox, bobInbox] },
  {
    name: 'an alias and its member',
    to: ['team@example.org', 'ada@example.org'],
    says: /^250 /,
    ends: [adaInbox, bobInbox],
  },
  {
    name: 'an alias that leaves',
    to: ['out@example.org'],
    says: /^250 /,
    ends: [adaInbox, 'queued far@elsewhere.test'],
  },
  { name: 'a catch-all', to: ['anything@example.net'], says: /^250 /, ends: [bobInbox] },
  { name: 'a wildcard', to: ['shop-77@example.org'], says: /^250 /, ends: [bobInbox] },
  { name: 'an alias domain', to: ['ada@twin.test'], says: /^250 /, ends: [adaInbox] },
  { name: 'postmaster', to: ['postmaster@example.org'], says: /^250 /, ends: [adaInbox] },
  { name: 'postmaster alone', to: ['postmaster'], says: /^250 /, ends: [adaInbox] },
  { name: 'abuse', to: ['abuse@example.org'], says: /^250 /, ends: [adaInbox] },
  { name: 'nobody', to: ['nobody@example.org'], says: /^550 5\.1\.1 / },
  { name: 'a disabled user', to: ['carl@example.org'], says: /^550 5\.2\.1 / },
  { name: 'relay', to: ['x@elsewhere.test'], says: /^554 5\.7\.1 / },
  { name: 'the %-hack', to: ['x%elsewhere.test@example.org'], says: /^5/ },
  { name: 'a bang path', to: ['elsewhere.test!x@example.org'], says: /^5/ },
  { name: 'a source route', to: ['@example.org:x@elsewhere.test'], says: /^5/ },
  { name: 'an address literal', to: ['x@[192.0.2.9]'], says: /^5/ },
  { name: 'no address', to: ['no address'], says: /^5/ },
  { name: 'no sender', from: 'no address', says: /^501 5\.1\.7 / },
  { name: 'the null sender', from: '', message: letter('postmaster@far.test'), says: /^250 / },
  {
    name: 'the null sender to two',
    from: '',
    to: ['ada@example.org', 'bob@example.org'],
    says: /^250 /,
  },
  {
    name: 'one recipient of two',
    to: ['nobody@example.org', 'bob@example.org'],
    says: /^250 /,
    ends: [bobInbox],
  },
  {
    name: 'hops',
    message: letter('eve@far.test', 'Received: x\r\n'.repeat(60)),
    says: /^554 5\.4\.6 /,
  },
  {
    name: 'a loop',
    message: letter('eve@far.test', 'Delivered-To: ada@example.org\r\n'),
    says: /^/,
  },
  {
    name: 'DMARC reject',
    from: 'ceo@strict.test',
    message: letter('ceo@strict.test'),
    says: /^550 5\.7\./,
  },
  {
    name: 'DMARC quarantine',
    from: 'ceo@careful.test',
    message: letter('ceo@careful.test'),
    says: /^250 /,
    ends: ['junk ada@example.org'],
  },
  {
    name: 'a broken DNS at DMARC',
    from: 'x@broken.test',
    message: letter('x@broken.test'),
    says: /^/,
  },
  {
    name: 'SPF alone, refused',
    from: 'x@careful.test',
    message: letter(),
    settings: { 'content.spfFail': 'refuse' },
    says: /^550 5\.7\./,
  },
  {
    name: 'no domain of the sender',
    from: 'x@nowhere.test',
    settings: { 'checks.senderDomain': 'refuse' },
    says: /^550 5\.1\.8 /,
  },
  {
    name: 'null MX',
    from: 'x@nomail.test',
    settings: { 'checks.senderDomain': 'refuse' },
    says: /^550 5\.7\.27 /,
  },
  {
    name: 'the DNS does not answer for the sender',
    from: 'x@broken.test',
    settings: { 'checks.senderDomain': 'refuse' },
    says: /^4/,
  },
  {
    name: 'no name of the client',
    client: '192.0.2.77',
    settings: { 'checks.reverseName': 'refuse' },
    says: /^[45]50 /,
  },
  {
    name: 'a client whose name lies',
    client: '192.0.2.8',
    settings: { 'checks.reverseName': 'junk' },
    says: /^250 /,
    ends: ['junk ada@example.org'],
  },
  { name: 'our own name', helo: 'mail.example.org', says: /^550 / },
  { name: 'no HELO name', helo: '-bad-', says: /^/ },
  {
    name: 'a HELO of one word',
    helo: 'laptop',
    settings: { 'checks.heloName': 'refuse' },
    says: /^5/,
  },
  {
    name: 'a HELO that no DNS knows',
    helo: 'no.such.test',
    settings: { 'checks.heloResolves': 'junk' },
    says: /^250 /,
    ends: ['junk ada@example.org'],
  },
  {
    name: 'a DNS list',
    settings: { 'checks.dnsLists': ['bl.test'] },
    says: /^554 5\.7\.1 /,
  },
  {
    name: 'greylisting',
    settings: { 'checks.greylisting': true },
    says: /^4/,
  },
  { name: 'a refused sender', from: 'x@rude.test', says: /^55\d 5\.7\.1 No letters from you$/ },
  { name: 'a put-off client', client: '198.51.100.9', says: /^4/ },
  { name: 'a refused HELO', helo: 'spam.rude.test', says: /^5/ },
  { name: 'held', from: 'hold@odd.test', says: /^250 /, ends: ['held ada@example.org'] },
  { name: 'discarded', from: 'drop@odd.test', says: /^250 /, ends: [] },
  {
    name: 'redirected',
    from: 'turn@odd.test',
    says: /^250 /,
    ends: [bobInbox],
  },
  {
    name: 'copied',
    from: 'copy@odd.test',
    says: /^250 /,
    ends: [adaInbox, bobInbox],
  },
  {
    name: 'one recipient discarded',
    to: ['void@example.org', 'bob@example.org'],
    says: /^250 /,
    ends: [bobInbox],
  },
  {
    name: 'a header rule',
    message: letter('eve@far.test', 'X-Mailer: BulkCannon 3\r\n'),
    says: /^55\d 5\.7\.1 No bulk$/,
  },
  {
    name: 'a body rule',
    message: letter().replace('Hi.', 'Cheap watches'),
    says: /^250 /,
    ends: ['junk ada@example.org'],
  },
  {
    name: 'an attachment',
    message: attached('bill.exe'),
    settings: { 'content.blockedAttachments': ['*.exe'] },
    says: /^55\d 5\.7\./,
  },
  {
    name: 'parts within parts',
    message: `From: <eve@far.test>\r\nMIME-Version: 1.0\r\n${nested(95)}`,
    says: /^5/,
  },
  { name: 'a group from outside', to: ['staff@example.org'], says: /^550 5\.7\.1 |^5/ },
  {
    name: 'archived',
    to: ['dana@kept.test'],
    says: /^250 /,
    ends: [bobInbox, 'inbox dana@kept.test'],
  },
  { name: 'rewritten', to: ['old-ada@example.org'], says: /^250 /, ends: [adaInbox] },
  {
    name: 'a full mailbox',
    to: ['full@example.org'],
    message: letter('eve@far.test', `X-Pad: ${'x'.repeat(900)}\r\n`.repeat(3)),
    says: /^[45]52 /,
  },
  {
    name: 'too large',
    message: letter().replace('Hi.', `${'x'.repeat(70)}\r\n`.repeat(40_000)),
    settings: { 'smtp.messageSizeBytes': 1_048_576 },
    says: /^552 5\.3\.4 /,
  },
  {
    name: 'two authors',
    message: letter('eve@far.test', 'From: <x@other.test>\r\n'),
    says: /^250 /,
    ends: ['junk ada@example.org'],
  },
  {
    name: 'a user to an outside address',
    user: 'ada@example.org',
    from: 'ada@example.org',
    to: ['x@elsewhere.test'],
    message: letter('ada@example.org'),
    says: /^250 /,
    ends: ['queued x@elsewhere.test'],
  },
  {
    name: 'a user as somebody else',
    user: 'bob@example.org',
    from: 'ada@example.org',
    message: letter('bob@example.org'),
    says: /^553 5\.7\.1 /,
  },
  {
    name: 'a user with the From of somebody else',
    user: 'bob@example.org',
    from: 'bob@example.org',
    message: letter('ada@example.org'),
    says: /^55\d 5\.7\.1 /,
  },
  {
    name: 'a user to the group',
    user: 'bob@example.org',
    from: 'bob@example.org',
    to: ['staff@example.org'],
    message: letter('bob@example.org'),
    says: /^250 /,
    ends: [adaInbox, bobInbox],
  },
  {
    name: 'a user whose day is over',
    user: 'bob@example.org',
    from: 'bob@example.org',
    to: ['x1@elsewhere.test', 'x2@elsewhere.test', 'x3@elsewhere.test'],
    message: letter('bob@example.org'),
    settings: { 'sending.newRecipientsPerDay': 1 },
    says: /^/,
  },
];

describe('explanation and session agree', () => {
  let world: World;
  let accounts: Account[];

  before(async () => {
    world = await openWorld();
    Object.assign(world.dns.zone, {
      'far.test': { MX: ['10 mx.far.test'], TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      'mx.far.test': { A: ['192.0.2.25'] },
      'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
      'mx.elsewhere.test': { A: ['192.0.2.26'] },
      'strict.test': { MX: ['10 mx.far.test'], TXT: ['v=spf1 -all'] },
      '_dmarc.strict.test': { TXT: ['v=DMARC1; p=reject'] },
      'careful.test': { MX: ['10 mx.far.test'], TXT: ['v=spf1 -all'] },
      '_dmarc.careful.test': { TXT: ['v=DMARC1; p=quarantine'] },
      'broken.test': 'SERVFAIL',
      '_dmarc.broken.test': 'SERVFAIL',
      'nomail.test': { MX: ['0 .'] },
      '7.2.0.192.bl.test': { A: ['127.0.0.2'] },
    });
    await addDomain({ name: 'twin.test', aliasOf: 'example.org' }, 'test');
    const add = (address: string) => addAccount({ address, password }, 'test');
    const carl = await add('carl@example.org');
    await updateAccount(carl.id, { isDisabled: true }, 'test');
    const full = await add('full@example.org');
    await updateAccount(full.id, { quotaBytes: 1000 }, 'test');
    await addDomain({ name: 'kept.test' }, 'test');
    const dana = await add('dana@kept.test');
    await updateDomain('kept.test', { archive: 'bob@example.org' }, 'test');
    accounts = [world.ada, world.bob, dana, full];
    for (const { id } of [carl, full, dana]) await ensureMailboxes(id);
    await addAlias({ address: 'shop-*@example.org', targets: ['bob@example.org'] }, 'test');
    await addAlias(
      {
        address: 'staff@example.org',
        targets: ['ada@example.org', 'bob@example.org'],
        posters: 'members',
      },
      'test',
    );
    await addAlias({ address: 'void@example.org', targets: ['ada@example.org'] }, 'test');
    await addRewrite(
      { scope: 'recipient', pattern: 'old-ada@example.org', replacement: 'ada@example.org' },
      'test',
    );
    await addRelayRule({ recipient: 'elsewhere.test', hosts: '192.0.2.99:2525' }, 'test');
    const rules = [
      ['sender', '*@rude.test', 'reject', 'No letters from you'],
      ['client', '198.51.100.0/24', 'defer', ''],
      ['helo', 'spam.rude.test', 'reject', ''],
      ['sender', 'hold@odd.test', 'hold', ''],
      ['sender', 'drop@odd.test', 'discard', ''],
      ['sender', 'turn@odd.test', 'redirect', 'bob@example.org'],
      ['sender', 'copy@odd.test', 'bcc', 'bob@example.org'],
      ['recipient', 'void@example.org', 'discard', ''],
      ['header', 'X-Mailer: *BulkCannon*', 'reject', 'No bulk'],
      ['body', '*cheap watches*', 'junk', ''],
    ] as const;
    for (const [scope, pattern, action, argument] of rules)
      await addAccessRule({ scope, pattern, action, argument }, 'test');
  });
  after(() => world.close());
  beforeEach(() => {
    forgetRates();
    forgetAnswers();
  });

  async function listPlaces(): Promise<string[]> {
    const places: string[] = [];
    for (const account of accounts) {
      for (const [mailbox, word] of [
        ['INBOX', 'inbox'],
        ['Junk', 'junk'],
      ] as const) {
        const messages = await world.readInbox(account, mailbox);
        places.push(...messages.map(() => `${word} ${account.address}`));
      }
    }
    const rows = await db.queueRecipient.findMany();
    places.push(...rows.map(({ state, recipient }) => `${state} ${recipient}`));
    return places.sort();
  }

  async function emptyQueue(): Promise<void> {
    await write(async (tx) => {
      await tx.queueRecipient.deleteMany();
    });
  }

  async function openSession({ client, helo, user }: Case): Promise<[Connected | null, string]> {
    if (!user) {
      const stranger = await world.asStranger(client);
      if (!stranger.greeting.startsWith('220')) return [null, stranger.greeting];
      return [stranger, await stranger.say(`EHLO ${helo ?? 'relay.far.test'}`)];
    }
    const opened = await connectTo(world.ports.submissions, { tls: true });
    await opened.say(`EHLO ${helo ?? 'relay.far.test'}`);
    const token = Buffer.from(`\0${user}\0${password}`).toString('base64');
    return [opened, await opened.say(`AUTH PLAIN ${token}`)];
  }

  /** The mail for real: the reply that decided it. Recipients that are refused do not end it. */
  async function play(each: Case): Promise<string> {
    const { from = 'eve@far.test', to = ['ada@example.org'], message = letter() } = each;
    const [session, first] = await openSession(each);
    if (!session || !first.startsWith('2')) return first;
    const begun = await session.say(`MAIL FROM:<${from}>`);
    if (!begun.startsWith('2')) return begun;
    let taken = 0;
    let last = '';
    for (const address of to) {
      last = await session.say(`RCPT TO:<${address}>`);
      if (last.startsWith('2')) taken += 1;
    }
    if (taken === 0) return last;
    const go = await session.say('DATA');
    if (!go.startsWith('354')) return go;
    await session.send(message.replace(/^\./gm, '..'), '.\r\n');
    const reply = await session.read();
    session.destroy();
    return reply;
  }

  /** The ends of an explanation in the words of listPlaces. */
  function placesOf({ ends }: Explanation): string[] {
    return ends
      .flatMap(({ recipient, kind, text }) => {
        if (kind === 'held') return [`held ${recipient}`];
        if (kind === 'relay' || kind === 'mx') return [`queued ${recipient}`];
        if (kind !== 'mailbox') return [];
        const [, junk, address] = /^into (Junk of|the mailbox of) (.*)$/.exec(text) ?? [];
        return [`${junk?.startsWith('Junk') ? 'junk' : 'inbox'} ${address}`];
      })
      .sort();
  }

  for (const each of cases) {
    test(each.name, async () => {
      const { from = 'eve@far.test', to = ['ada@example.org'], message = letter() } = each;
      for (const [key, value] of Object.entries(each.settings ?? {}))
        await writeSetting(key as SettingKey, value as never, 'test');
      try {
        const question: Question = {
          client: each.user ? '127.0.0.1' : (each.client ?? '192.0.2.7'),
          helo: each.helo ?? 'relay.far.test',
          from,
          to,
          user: each.user,
          isSecure: each.user !== undefined,
          message: Buffer.from(message).toString('base64'),
        };
        const told = await explainMail(question);
        const earlier = await listPlaces();
        const reply = await play(each);
        const places = await listPlaces();
        for (const place of earlier) places.splice(places.indexOf(place), 1);
        const { refusal } = told;
        const said = refusal ? `${refusal.code} ${refusal.enhanced} ${refusal.text}` : '250';
        if (refusal) assert.equal(reply, said);
        else assert.match(reply, /^250 /, `explained as taken, answered ${reply}`);
        assert.match(reply, each.says);
        assert.deepEqual(refusal ? [] : placesOf(told), places);
        if (each.ends) assert.deepEqual(places, each.ends);
      } finally {
        for (const key of Object.keys(each.settings ?? {}))
          await resetSetting(key as SettingKey, 'test');
        await emptyQueue();
      }
    });
  }

  test('the trail says which rule refused', async () => {
    const client = '192.0.2.150';
    const reply = await play({ name: '', from: 'x@rude.test', client, says: /^5/ });
    assert.match(reply, /No letters from you$/);
    await flushTrail();
    const rows = await db.trailEvent.findMany({ where: { kind: 'refused', remote: client } });
    assert.match(rows[0]?.detail ?? '', /sender rule @rude\.test/);
  });

  test('steps at RCPT name their recipient', async () => {
    const to = ['nobody@example.org', 'bob@example.org'];
    const { steps } = await explainMail({ client: '192.0.2.7', from: 'eve@far.test', to });
    const told = steps.filter(({ stage }) => stage === 'rcpt').map(({ recipient }) => recipient);
    assert.deepEqual([...new Set(told)], to);
    assert.ok(steps.every(({ stage, recipient }) => stage === 'rcpt' || recipient === undefined));
  });
});

// Access rules, groups, rewriting, archives, wildcards and alias domains over real sockets; and what a stranger
// tries with each of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type AccessRuleInput,
  addAccessRule,
  listAccessRules,
  removeAccessRule,
} from '#lib/accounts/access-rule.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { addRewrite, listRewrites, removeRewrite } from '#lib/accounts/rewrite.ts';
import { db, write } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { readStory } from '#lib/trail/story.ts';
import { explainMail } from '#server/smtp/explain.ts';
import { type Connected, connectTo } from './client.ts';
import { openWorld, password, stranger, type World } from './world.ts';

const by = 'test';
let world: World;
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.maxErrors', 1000, by);
  await addDomain({ name: 'twin.test', aliasOf: 'example.org' }, by);
  await addAlias({ address: 'sales-*@example.org', targets: ['ada@example.org'] }, by);
});
after(() => world.close());

async function begin(client: Connected, sender: string, helo = 'far.test'): Promise<Connected> {
  await client.say(`EHLO ${helo}`);
  assert.match(await client.say(`MAIL FROM:<${sender}>`), /^250 /);
  return client;
}

async function finish(client: Connected, text: string): Promise<string> {
  assert.match(await client.say('DATA'), /^354 /);
  return client.say(`${text.replaceAll('\n', '\r\n')}\r\n.`);
}

async function asUser(name: string): Promise<Connected> {
  const client = await connectTo(world.ports.submissions, { tls: true });
  await client.say('EHLO pc.test');
  const token = Buffer.from(`\0${name}@example.org\0${password}`).toString('base64');
  assert.match(await client.say(`AUTH PLAIN ${token}`), /^235 /);
  return client;
}

async function withRules(rules: AccessRuleInput[], run: () => Promise<void>): Promise<void> {
  for (const rule of rules) await addAccessRule(rule, by);
  try {
    await run();
  } finally {
    for (const { id } of await listAccessRules()) await removeAccessRule(id, by);
  }
}

async function clearQueue(): Promise<string[]> {
  const rows = await db.queueRecipient.findMany();
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
  return rows.map(({ recipient }) => recipient).sort();
}

const tricks = [
  'user@ext.test',
  'sales-1%ext.test@example.org',
  'ext.test!sales-1@example.org',
  '"sales-1@ext.test"@example.org',
  'sales-1@ext.test@example.org',
  'user%ext.test@twin.test',
  '"user@ext.test"@twin.test',
  'user%ext.test@old.test',
  'user%ext.test@gone.test',
  'user@[192.0.2.1]',
];

describe('what is accepted opens no relay', () => {
  const accepting: [name: string, rules: AccessRuleInput[]][] = [
    ['client', [{ scope: 'client', pattern: '192.0.2.0/24', action: 'accept' }]],
    ['client name', [{ scope: 'client', pattern: '.far.test', action: 'accept' }]],
    ['helo', [{ scope: 'helo', pattern: '*', action: 'accept' }]],
    ['sender', [{ scope: 'sender', pattern: '*', action: 'accept' }]],
    ['recipient', [{ scope: 'recipient', pattern: '*', action: 'accept' }]],
    [
      'redirect',
      [{ scope: 'recipient', pattern: '*', action: 'redirect', argument: 'a@ext.test' }],
    ],
    ['discard', [{ scope: 'sender', pattern: '*', action: 'discard' }]],
  ];
  before(async () => {
    await addDomain({ name: 'gone.test' }, by);
    await addRewrite({ scope: 'recipient', pattern: '@gone.test', replacement: '@ext.test' }, by);
    await addRewrite({ scope: 'recipient', pattern: '@old.test', replacement: '@ext.test' }, by);
  });
  after(async () => {
    for (const { id } of await listRewrites()) await removeRewrite(id, by);
  });
  for (const [name, rules] of accepting) {
    it(`accepted by ${name}`, () =>
      withRules(rules, async () => {
        for (const sender of ['eve@ext.test', 'ada@example.org', '']) {
          const client = await begin(await world.asStranger(), sender);
          for (const recipient of tricks) {
            assert.match(await client.say(`RCPT TO:<${recipient}>`), /^5\d\d /, recipient);
          }
          client.destroy();
        }
        assert.deepEqual(await clearQueue(), []);
      }));
  }
  it('a domain of ours that is rewritten leads to that one domain', async () => {
    const client = await begin(await world.asStranger(), 'eve@ext.test');
    assert.match(await client.say('RCPT TO:<moved@gone.test>'), /^250 /);
    assert.match(await client.say('RCPT TO:<postmaster@gone.test>'), /^250 /);
    assert.match(await finish(client, 'Subject: x\n\nx'), /^250 /);
    assert.ok((await clearQueue()).includes('moved@ext.test'));
  });
});

describe('access rules', () => {
  const refusing: [name: string, rule: AccessRuleInput, reply: RegExp][] = [
    [
      'a network',
      { scope: 'client', pattern: '192.0.2.0/24', action: 'reject', argument: 'Go away' },
      /^554 5\.7\.1 Go away/,
    ],
    ['a name', { scope: 'client', pattern: '*.far.test', action: 'reject' }, /^554 5\.7\.1 /],
    ['for now', { scope: 'client', pattern: '*', action: 'defer' }, /^450 4\.7\.1 /],
    ['HELO', { scope: 'helo', pattern: 'far.test', action: 'reject' }, /^554 5\.7\.1 /],
    ['a sender', { scope: 'sender', pattern: '@ext.test', action: 'reject' }, /^554 5\.7\.1 /],
    ['a local part', { scope: 'sender', pattern: 'eve@', action: 'reject' }, /^554 5\.7\.1 /],
    [
      'a recipient',
      { scope: 'recipient', pattern: 'ada@example.org', action: 'reject', argument: 'Moved' },
      /^554 5\.7\.1 Moved/,
    ],
  ];
  for (const [name, rule, reply] of refusing) {
    it(`refuse by ${name}, but never postmaster`, () =>
      withRules([rule], async () => {
        const client = await begin(await world.asStranger(), 'eve@ext.test');
        assert.match(await client.say('RCPT TO:<ada@example.org>'), reply);
        for (const to of ['postmaster', 'Postmaster@example.org', 'abuse@twin.test']) {
          assert.match(await client.say(`RCPT TO:<${to}>`), /^250 /, to);
        }
      }));
  }

  it('a name that does not lead back does not fit', () =>
    withRules([{ scope: 'client', pattern: '.far.test', action: 'reject' }], async () => {
      const client = await begin(await world.asStranger('192.0.2.8'), 'eve@ext.test');
      assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
    }));

  it('the first that fits decides', () =>
    withRules(
      [
        { scope: 'client', pattern: stranger, action: 'accept' },
        { scope: 'client', pattern: '192.0.2.0/24', action: 'reject' },
        { scope: 'sender', pattern: '@ext.test', action: 'reject' },
      ],
      async () => {
        const client = await begin(await world.asStranger(), 'eve@ext.test');
        assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
        const other = await begin(await world.asStranger('192.0.2.8'), 'eve@other.test');
        assert.match(await other.say('RCPT TO:<ada@example.org>'), /^554 /);
      },
    ));

  it('against forged senders do not shut their owners out', () =>
    withRules([{ scope: 'sender', pattern: '@example.org', action: 'reject' }], async () => {
      const forger = await begin(await world.asStranger(), 'ada@example.org');
      assert.match(await forger.say('RCPT TO:<bob@example.org>'), /^554 /);
      const owner = await begin(await asUser('ada'), 'ada@example.org', 'pc.test');
      assert.match(await owner.say('RCPT TO:<bob@example.org>'), /^250 /);
      const printer = await begin(await world.asNeighbour(), 'ada@example.org');
      assert.match(await printer.say('RCPT TO:<bob@example.org>'), /^250 /);
    }));

  it('copy, redirect, discard and hold', () =>
    withRules(
      [
        { scope: 'sender', pattern: 'eve@ext.test', action: 'bcc', argument: 'copy@ext.test' },
        {
          scope: 'recipient',
          pattern: 'sales-1@example.org',
          action: 'redirect',
          argument: 'bob@example.org',
        },
        { scope: 'recipient', pattern: 'sales-2@example.org', action: 'discard' },
        { scope: 'sender', pattern: 'held@ext.test', action: 'hold' },
      ],
      async () => {
        const [ada, bob] = await Promise.all([
          world.readInbox(world.ada),
          world.readInbox(world.bob),
        ]);
        const client = await begin(await world.asStranger(), 'eve@ext.test');
        for (const to of ['sales-1', 'sales-2']) {
          assert.match(await client.say(`RCPT TO:<${to}@example.org>`), /^250 /);
        }
        assert.match(await finish(client, 'Subject: x\n\nx'), /^250 /);
        assert.equal((await world.readInbox(world.ada)).length, ada.length);
        assert.equal((await world.readInbox(world.bob)).length, bob.length + 1);
        assert.deepEqual(await clearQueue(), ['copy@ext.test']);
        const held = await begin(await world.asStranger(), 'held@ext.test');
        assert.match(await held.say('RCPT TO:<ada@example.org>'), /^250 /);
        assert.match(await finish(held, 'Subject: x\n\nx'), /^250 /);
        assert.equal((await world.readInbox(world.ada)).length, ada.length);
        assert.deepEqual(await clearQueue(), ['ada@example.org']);
      },
    ));
});

describe('groups', () => {
  const tell = async (client: Connected, sender: string, helo?: string) =>
    (await begin(client, sender, helo)).say('RCPT TO:<group@example.org>');

  it('of users here', async () => {
    await addAlias(
      { address: 'group@example.org', targets: ['ada@example.org'], posters: 'inside' },
      by,
    );
    assert.match(await tell(await world.asStranger(), 'eve@ext.test'), /^550 5\.7\.2 /);
    assert.match(await tell(await world.asStranger(), 'ada@example.org'), /^550 5\.7\.2 /);
    assert.match(await tell(await world.asStranger(), ''), /^550 5\.7\.2 /);
    assert.match(await tell(await asUser('bob'), 'bob@example.org', 'pc.test'), /^250 /);
    assert.match(await tell(await world.asNeighbour(), 'printer@host.test'), /^250 /);
    await removeAlias('group@example.org', by);
  });

  it('of members: a sender is believed only where SPF proves it', async () => {
    world.dns.zone['member.test'] = { TXT: [`v=spf1 ip4:${stranger} -all`] };
    world.dns.zone['other.test'] = { TXT: ['v=spf1 ip4:198.51.100.1 ?all'] };
    await addAlias(
      {
        address: 'group@example.org',
        targets: ['ada@example.org', 'm@member.test', 'o@other.test', 'n@nospf.test'],
        posters: 'members',
      },
      by,
    );
    const cases: [sender: string, from: string, reply: RegExp][] = [
      ['m@member.test', stranger, /^250 /],
      ['M@Member.test', stranger, /^250 /],
      ['m@member.test', '192.0.2.8', /^550 5\.7\.2 /],
      ['x@member.test', stranger, /^550 5\.7\.2 /],
      ['o@other.test', stranger, /^550 5\.7\.2 /],
      ['n@nospf.test', stranger, /^550 5\.7\.2 /],
      ['ada@example.org', stranger, /^550 5\.7\.2 /],
      ['', stranger, /^550 5\.7\.2 /],
    ];
    for (const [sender, from, reply] of cases) {
      assert.match(await tell(await world.asStranger(from), sender), reply, `${sender} ${from}`);
    }
    assert.match(await tell(await asUser('ada'), 'ada@example.org', 'pc.test'), /^250 /);
    assert.match(await tell(await asUser('bob'), 'bob@example.org', 'pc.test'), /^550 5\.7\.2 /);
    assert.match(await tell(await world.asNeighbour(), 'ada@example.org'), /^250 /);
    assert.match(await tell(await world.asNeighbour(), 'eve@ext.test'), /^550 5\.7\.2 /);
    const twin = await begin(await world.asStranger(), 'eve@ext.test');
    assert.match(await twin.say('RCPT TO:<group@twin.test>'), /^550 5\.7\.2 /);
    await removeAlias('group@example.org', by);
  });
});

describe('rewriting', () => {
  it('of senders comes after the checks, in envelope and header', async () => {
    await addRewrite(
      { scope: 'sender', pattern: 'ada@example.org', replacement: 'ada.love@example.net' },
      by,
    );
    await addRewrite({ scope: 'recipient', pattern: '@intern.test', replacement: '@ext.test' }, by);
    const client = await begin(await asUser('ada'), 'ada@example.org', 'pc.test');
    assert.match(await client.say('RCPT TO:<x@intern.test>'), /^250 /);
    assert.match(await client.say('RCPT TO:<bob@example.org>'), /^250 /);
    const text = `From: "Ada, L." <ada@example.org>
To: G: x@intern.test, =?utf-8?q?B=C3=A4r?= <y@intern.test>;, z@ext.test
Cc: unchanged@other.test (a comment)
Subject: ada@example.org

ada@example.org`;
    assert.match(await finish(client, text), /^250 /);
    const got = (await world.readInbox(world.bob)).at(-1) ?? '';
    assert.match(got, /^From: "Ada, L\." <ada\.love@example\.net>\r$/m);
    assert.match(got, /^Return-Path: <ada\.love@example\.net>\r$/m);
    assert.match(
      got,
      /^To: G: x@ext\.test, =\?utf-8\?[bq]\?.*\?= <y@ext\.test>;,\s+z@ext\.test\r$/im,
    );
    assert.match(got, /^Cc: unchanged@other\.test \(a comment\)\r$/m);
    assert.match(got, /^Subject: ada@example\.org\r$/m);
    assert.match(got, /\r\n\r\nada@example\.org/);
    assert.deepEqual(await clearQueue(), ['x@ext.test']);
    // What the rule leads to is not the user's for that.
    const forger = await asUser('ada');
    assert.match(await forger.say('MAIL FROM:<ada.love@example.net>'), /^553 5\.7\.1 /);
  });

  it('leaves the header of strangers alone', async () => {
    const client = await begin(await world.asStranger(), 'ada@example.org');
    assert.match(await client.say('RCPT TO:<bob@example.org>'), /^250 /);
    assert.match(await finish(client, 'From: ada@example.org\nSubject: x\n\nx'), /^250 /);
    const got = (await world.readInbox(world.bob)).at(-1) ?? '';
    assert.match(got, /^From: ada@example\.org\r$/m);
    for (const { id } of await listRewrites()) await removeRewrite(id, by);
  });
});

describe('archives', () => {
  it('get one copy of mail to and from the domain, and nobody sees it', async () => {
    await updateDomain('example.org', { archive: 'archive@ext.test' }, by);
    await clearQueue();
    const inward = await begin(await world.asStranger(), 'eve@ext.test');
    for (const to of ['ada@example.org', 'bob@example.org', 'ada@twin.test']) {
      assert.match(await inward.say(`RCPT TO:<${to}>`), /^250 /);
    }
    assert.match(await finish(inward, 'Subject: x\n\nx'), /^250 /);
    assert.doesNotMatch((await world.readInbox(world.ada)).at(-1) ?? '', /archive@/);
    const rows = await db.queueRecipient.findMany();
    assert.deepEqual(
      rows.map(({ recipient, notify }) => `${recipient} ${notify}`),
      ['archive@ext.test NEVER'],
    );
    await clearQueue();
    const outward = await begin(await asUser('ada'), 'ada@example.org', 'pc.test');
    assert.match(await outward.say('RCPT TO:<z@ext.test>'), /^250 /);
    const text = 'From: ada@example.org\nMessage-ID: <archived@example.org>\nSubject: x\n\nx';
    assert.match(await finish(outward, text), /^250 /);
    assert.deepEqual(await clearQueue(), ['archive@ext.test', 'z@ext.test']);
    await flushTrail();
    const events = await listEvents({ search: 'archive@ext.test' });
    assert.ok(events.length > 0);
    const story = await readStory(world.ada.id, 'archived@example.org');
    assert.ok(story.some(({ recipient }) => recipient === 'z@ext.test'));
    assert.ok(!story.some(({ recipient }) => recipient === 'archive@ext.test'));
    // Somebody who only claims to be from here.
    const forger = await begin(await world.asStranger(), 'ada@example.org');
    assert.match(await forger.say('RCPT TO:<any@example.net>'), /^250 /);
    assert.match(await finish(forger, 'Subject: x\n\nx'), /^250 /);
    assert.deepEqual(await clearQueue(), []);
  });

  it('inside, and where the archive is a recipient itself, one copy', async () => {
    await updateDomain('example.org', { archive: 'bob@example.org' }, by);
    const count = (await world.readInbox(world.bob)).length;
    const client = await begin(await world.asStranger(), 'eve@ext.test');
    assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
    assert.match(await client.say('RCPT TO:<bob@example.org>'), /^250 /);
    assert.match(await finish(client, 'Subject: x\n\nx'), /^250 /);
    assert.equal((await world.readInbox(world.bob)).length, count + 1);
    await updateDomain('example.org', { archive: '' }, by);
  });
});

describe('explained', () => {
  it('says which rule refused, and where a rewritten mail ends', () =>
    withRules([{ scope: 'client', pattern: '203.0.113.0/24', action: 'reject' }], async () => {
      const explained = await explainMail({
        client: '203.0.113.9',
        from: 'eve@ext.test',
        to: ['ada@twin.test'],
      });
      assert.equal(explained.refusal?.stage, 'rcpt');
      const step = explained.steps.find(({ check }) => check === 'access-client');
      assert.equal(step?.note, 'client rule 203.0.113.0/24');
      const passed = await explainMail({
        client: '192.0.2.7',
        from: 'eve@ext.test',
        to: ['sales-1@twin.test'],
      });
      assert.ok(passed.ends.some(({ text }) => /ada@example\.org|sales-1@example\.org/.test(text)));
    }));
});

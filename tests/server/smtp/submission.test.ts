// Submission: signing in, whose name may be used, what is added and removed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { updateAccount } from '#lib/accounts/account.ts';
import { createInternalToken } from '#lib/accounts/sessions.ts';
import { db } from '#lib/db.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { readBlob } from '#server/store/bodies/blobs.ts';
import { type Connected, connectTo } from './client.ts';
import { openWorld, password, stranger, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const plain = (user: string, pass = password) => base64(`\0${user}\0${pass}`);

async function connect(): Promise<Connected> {
  const client = await connectTo(world.ports.submission);
  await client.say('EHLO client.test');
  return client;
}

async function signedIn(user = 'ada@example.org'): Promise<Connected> {
  const client = await connect();
  assert.match(await client.say(`AUTH PLAIN ${plain(user)}`), /^235 2\.7\.0 /);
  return client;
}

const mail = (from: string, more = '') =>
  `From: ${from}\r\n${more}To: bob@example.org\r\nSubject: Hi\r\n\r\nText\r\n`;

test('nothing goes without signing in', async () => {
  const client = await connect();
  assert.match(await client.say('MAIL FROM:<ada@example.org>'), /^530 5\.7\.0 /);
  assert.match(await client.say('RCPT TO:<bob@example.org>'), /^530 5\.7\.0 /);
  assert.match(await client.say('DATA'), /^530 5\.7\.0 /);
});

test('from outside, AUTH is neither offered nor taken before TLS', async () => {
  process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${stranger}`;
  const client = await connectTo(world.ports.submission);
  delete process.env.DREY_TEST_ADDRESS_MAP;
  assert.doesNotMatch(await client.say('EHLO client.test'), /AUTH/);
  assert.match(await client.say(`AUTH PLAIN ${plain('ada@example.org')}`), /^538 5\.7\.11 /);
  assert.match(await client.say('STARTTLS'), /^220 2\.0\.0 /);
  await client.upgrade();
  assert.match(await client.say('MAIL FROM:<ada@example.org>'), /^503 /, 'EHLO is forgotten');
  const features = await client.say('EHLO client.test');
  assert.match(features, /AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN /);
  assert.doesNotMatch(features, /STARTTLS/);
  assert.match(await client.say(`AUTH PLAIN ${plain('ada@example.org')}`), /^235 /);
  assert.doesNotMatch(await client.say('EHLO client.test'), /AUTH/);
  assert.match(await client.say('STARTTLS'), /^503 /);
});

test('the TLS port offers AUTH at once', async () => {
  process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${stranger}`;
  const client = await connectTo(world.ports.submissions, { tls: true });
  delete process.env.DREY_TEST_ADDRESS_MAP;
  assert.match(await client.say('EHLO client.test'), /AUTH .*PLAIN/);
  assert.match(await client.say(`AUTH PLAIN ${plain('ada@example.org')}`), /^235 /);
  assert.match(
    await client.deliver({
      from: 'ada@example.org',
      to: 'bob@example.org',
      data: mail('ada@example.org'),
    }),
    /^250 /,
  );
  const message = (await world.readInbox(world.bob)).at(-1) ?? '';
  assert.match(message, /with ESMTPSA id /);
  assert.match(message, /\(TLSv1\.3 TLS_\w+\)/);
});

test('STARTTLS injection: what came in clear behind it is never answered', async () => {
  for (const port of [world.ports.smtp, world.ports.submission]) {
    const client = await connectTo(port);
    await client.say('EHLO client.test');
    await client.send('STARTTLS\r\nNOOP\r\nMAIL FROM:<ada@example.org>\r\n');
    assert.match(await client.read(), /^220 /);
    await client.upgrade();
    assert.match(await client.say('EHLO inside.test'), /^250-mail\.example\.org at your service/);
    assert.match(await client.say('NOOP'), /^250 /);
    assert.match(await client.say('STARTTLS now'), /^501 |^503 /);
  }
});

test('AUTH in all its ways', async (context) => {
  const token = createInternalToken(world.ada);
  const bearer = base64(`n,a=ada@example.org,\x01auth=Bearer ${token}\x01\x01`);
  const xoauth2 = base64(`user=ada@example.org\x01auth=Bearer ${token}\x01\x01`);
  const wrongToken = base64('user=ada@example.org\x01auth=Bearer nonsense\x01\x01');
  const wrongBearer = base64('n,,\x01auth=Bearer nonsense\x01\x01');
  const table: [name: string, dialogue: [say: string, expect: RegExp][]][] = [
    ['PLAIN', [[`AUTH PLAIN ${plain('ADA@example.org')}`, /^235 2\.7\.0 /]]],
    [
      'PLAIN in two steps',
      [
        ['AUTH PLAIN', /^334 $|^334$/],
        [plain('ada@example.org'), /^235 /],
      ],
    ],
    [
      'LOGIN',
      [
        ['AUTH LOGIN', /^334 VXNlcm5hbWU6$/],
        [base64('ada@example.org'), /^334 UGFzc3dvcmQ6$/],
        [base64(password), /^235 /],
      ],
    ],
    [
      'LOGIN with the name at once',
      [
        [`AUTH LOGIN ${base64('ada@example.org')}`, /^334 UGFzc3dvcmQ6$/],
        [base64(password), /^235 /],
      ],
    ],
    ['OAUTHBEARER', [[`AUTH OAUTHBEARER ${bearer}`, /^235 /]]],
    ['XOAUTH2', [[`AUTH XOAUTH2 ${xoauth2}`, /^235 /]]],
    ['a wrong password', [[`AUTH PLAIN ${plain('ada@example.org', 'wrong')}`, /^535 5\.7\.8 /]]],
    ['an unknown user', [[`AUTH PLAIN ${plain('nobody@example.org')}`, /^535 5\.7\.8 /]]],
    [
      'a wrong token',
      [
        [`AUTH XOAUTH2 ${wrongToken}`, /^334 /],
        ['', /^535 5\.7\.8 /],
      ],
    ],
    [
      'a wrong bearer',
      [
        [`AUTH OAUTHBEARER ${wrongBearer}`, /^334 /],
        ['AQ==', /^535 5\.7\.8 /],
      ],
    ],
    [
      'acting for another',
      [[`AUTH PLAIN ${base64(`bob@example.org\0ada@example.org\0${password}`)}`, /^535 5\.7\.8 /]],
    ],
    [
      'cancelled',
      [
        ['AUTH LOGIN', /^334 /],
        ['*', /^501 /],
        ['NOOP', /^250 /],
      ],
    ],
    ['not base64', [['AUTH PLAIN !!!!', /^501 5\.5\.2 /]]],
    ['an unknown mechanism', [['AUTH CRAM-MD5', /^504 5\.5\.4 /]]],
    ['no mechanism', [['AUTH', /^504 5\.5\.4 /]]],
    [
      'twice',
      [
        [`AUTH PLAIN ${plain('ada@example.org')}`, /^235 /],
        [`AUTH PLAIN ${plain('ada@example.org')}`, /^503 5\.5\.1 /],
      ],
    ],
    [
      'during a transaction',
      [
        [`AUTH PLAIN ${plain('ada@example.org')}`, /^235 /],
        ['MAIL FROM:<ada@example.org>', /^250 /],
        ['AUTH LOGIN', /^503 /],
      ],
    ],
  ];
  for (const [name, dialogue] of table) {
    await context.test(name, async () => {
      const client = await connect();
      for (const [say, expected] of dialogue) assert.match(await client.say(say), expected);
    });
  }
});

test('a disabled user does not sign in', async () => {
  await updateAccount(world.bob.id, { isDisabled: true }, 'test');
  const client = await connect();
  assert.match(await client.say(`AUTH PLAIN ${plain('bob@example.org')}`), /^535 5\.7\.8 /);
  await updateAccount(world.bob.id, { isDisabled: false }, 'test');
});

test('who is disabled, or has a new password, does not send on in an open session', async () => {
  const client = await signedIn('bob@example.org');
  assert.match(await client.say('MAIL FROM:<bob@example.org>'), /^250 /);
  await client.say('RSET');
  assert.match(await client.say('MAIL FROM:<bob@example.org>'), /^250 /);
  assert.match(await client.say('RCPT TO:<ada@example.org>'), /^250 /);
  assert.match(await client.say('DATA'), /^354 /);
  await updateAccount(world.bob.id, { isDisabled: true }, 'test');
  assert.match(await client.say('From: bob@example.org\r\n\r\nlate\r\n.'), /^530 5\.7\.0 /);
  assert.match(await client.say('MAIL FROM:<bob@example.org>'), /^530 5\.7\.0 /);
  await updateAccount(world.bob.id, { isDisabled: false }, 'test');
});

test('envelope senders: own, alias, detail; not another, not null', async (context) => {
  const table: [sender: string, reply: RegExp][] = [
    ['ada@example.org', /^250 /],
    ['Ada+work@Example.org', /^250 /],
    ['team@example.org', /^250 /],
    ['bob@example.org', /^553 5\.7\.1 /],
    ['ada@elsewhere.test', /^553 5\.7\.1 /],
    ['anything@example.net', /^553 5\.7\.1 /],
    ['', /^553 5\.7\.1 /],
  ];
  const client = await signedIn();
  for (const [sender, expected] of table) {
    await context.test(`<${sender}>`, async () => {
      assert.match(await client.say(`MAIL FROM:<${sender}>`), expected);
      await client.say('RSET');
    });
  }
});

test('From and Sender belong to the login too', async (context) => {
  const table: [header: string, reply: RegExp][] = [
    ['From: Ada <ada@example.org>\r\n', /^250 /],
    ['From: "boss@bank.test" <ada@example.org>\r\n', /^250 /],
    ['From: ada@example.org, team@example.org\r\n', /^250 /],
    ['From: bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: ada@example.org, bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: ada@example.org\r\nSender: bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: ada@example.org\r\nFrom: bob@example.org\r\n', /^550 5\.6\.0 /],
    ['From:\r\n', /^550 5\.6\.0 /],
    ['FROM : bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From:\r\n bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: =?utf-8?q?bob=40example.org?=\r\n', /^55\d 5\./],
    // Broken lists, of which another reader may take the other address.
    ['From: bob@example.org <ada@example.org>\r\n', /^553 5\.7\.1 /],
    ['From: <ada@example.org> <bob@example.org>\r\n', /^553 5\.7\.1 /],
    ['From: <ada@example.org> bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: bob@example.org ada@example.org\r\n', /^553 5\.7\.1 /],
    ['From: ada@example.org <ada@example.org>\r\n', /^250 /],
    [`From: ada@example.org,${'a:;,'.repeat(2500)}bob@example.org\r\n`, /^553 5\.7\.1 /],
    [`From: ada@example.org,\r\n${' \t\r\n'.repeat(10_000)} bob@example.org\r\n`, /^550 5\.6\.0 /],
    ['From: ada@example.org\r\nResent-From: bob@example.org\r\n', /^553 5\.7\.1 /],
    ['From: ada@example.org\r\nResent-Sender: bob@example.org\r\n', /^553 5\.7\.1 /],
    ['Subject: no author\r\n', /^250 /],
  ];
  const client = await signedIn();
  for (const [header, expected] of table) {
    await context.test(JSON.stringify(header).slice(0, 100), async () => {
      const data = `${header}To: bob@example.org\r\n\r\nText\r\n`;
      const reply = await client.deliver({ from: 'ada@example.org', to: 'bob@example.org', data });
      assert.match(reply, expected);
      await client.say('RSET');
    });
  }
});

test('What is sent on unchanged keeps its author (RFC 5322 §3.6.6), never a colleague', async (context) => {
  const table: [header: string, reply: RegExp][] = [
    ['From: zoe@far.test\r\nResent-From: ada@example.org\r\n', /^250 /],
    ['From: zoe@far.test\r\nSender: kim@far.test\r\nResent-From: ada@example.org\r\n', /^250 /],
    ['From: zoe@far.test\r\nResent-From: zoe@far.test\r\n', /^553 5\.7\.1 /],
    ['From: zoe@far.test\r\nResent-From: kim@far.test, ada@example.org\r\n', /^553 5\.7\.1 /],
    ['From: bob@example.org\r\nResent-From: ada@example.org\r\n', /^553 5\.7\.1 /],
    ['From: it@help.example.org\r\nResent-From: ada@example.org\r\n', /^553 5\.7\.1 /],
    ['From: bob@EXAMPLE.ORG, zoe@far.test\r\nResent-From: ada@example.org\r\n', /^553 5\.7\.1 /],
    ['From: zoe@far.test\r\nResent-From:\r\n', /^553 5\.7\.1 /],
    ['From: zoe@far.test\r\nResent-To: ada@example.org\r\n', /^553 5\.7\.1 /],
  ];
  for (const [header, expected] of table) {
    await context.test(JSON.stringify(header), async () => {
      const client = await signedIn();
      const data = `${header}To: bob@example.org\r\n\r\nText\r\n`;
      const reply = await client.deliver({ from: 'ada@example.org', to: 'bob@example.org', data });
      assert.match(reply, expected);
      await client.say('RSET');
    });
  }
});

test('Date, Message-ID and From are added, Bcc is removed, line ends are mended', async () => {
  const client = await signedIn();
  const data =
    'To: x@example.org\nBcc: secret@example.org,\n\tother@example.org\nSubject: a\n\nb\rc\n';
  await client.say('MAIL FROM:<ada@example.org>');
  await client.say('RCPT TO:<bob@example.org>');
  await client.say('DATA');
  await client.send(data, '\r\n.\r\n');
  assert.match(await client.read(), /^250 /);
  const message = (await world.readInbox(world.bob)).at(-1) ?? '';
  assert.doesNotMatch(message, /secret|other@|Bcc/i);
  assert.match(message, /\r\nDate: \w{3}, \d+ \w{3} \d{4} [\d:]+ [+-]\d{4}\r\n/);
  assert.match(message, /\r\nMessage-ID: <[^<>@\s]+@example\.org>\r\n/i);
  assert.match(message, /\r\nFrom: ada@example\.org\r\n/);
  assert.doesNotMatch(message, /[^\r]\n|\r[^\n]/);
  assert.match(message, /\r\n\r\nb\r\nc\r\n/);
});

test('a message without any header gets one and keeps its text', async () => {
  const client = await signedIn();
  const reply = await client.deliver({
    from: 'ada@example.org',
    to: 'bob@example.org',
    data: '\r\nonly text\r\n',
  });
  assert.match(reply, /^250 /);
  const message = (await world.readInbox(world.bob)).at(-1) ?? '';
  assert.match(message, /\r\nMessage-ID: .*\r\n\r\nonly text\r\n$/is);
});

test('outside recipients are queued under the account, unknown local ones refused', async () => {
  const client = await signedIn();
  await client.say('MAIL FROM:<ada@example.org>');
  assert.match(await client.say('RCPT TO:<nobody@example.org>'), /^550 5\.1\.1 /);
  await client.say('RSET');
  const reply = await client.deliver({
    from: 'ada@example.org',
    to: ['far@outside.test', 'bob@example.org'],
    data: mail('ada@example.org', 'Bcc: hidden@outside.test\r\n'),
  });
  assert.match(reply, /^250 /);
  const { rows } = await listQueue({ search: 'far@outside.test' });
  assert.equal(rows.length, 1);
  const queued = await db.queueMessage.findFirstOrThrow({ where: { id: rows[0]?.messageId } });
  assert.equal(queued.accountId, world.ada.id);
  assert.equal(queued.sender, 'ada@example.org');
  const text = Buffer.from(queued.prefix).toString() + (await readBlob(queued.blobId)).toString();
  assert.match(text, /^Received: /);
  assert.doesNotMatch(text, /hidden@|for </);
  assert.equal(Number(queued.sizeBytes), Buffer.byteLength(text));
});

test('nodemailer hands in mail with STARTTLS, on the TLS port, and with a token', async (context) => {
  const token = createInternalToken(world.ada);
  const tls = { rejectUnauthorized: false };
  const user = 'ada@example.org';
  const ways = {
    starttls: { port: world.ports.submission, requireTLS: true, auth: { user, pass: password } },
    implicit: { port: world.ports.submissions, secure: true, auth: { user, pass: password } },
    token: {
      port: world.ports.submission,
      ignoreTLS: true,
      auth: { type: 'OAuth2' as const, user, accessToken: token },
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    await context.test(name, async () => {
      const transport = createTransport({ host: '127.0.0.1', tls, ...way });
      const sent = await transport.sendMail({
        from: 'Ada <ada@example.org>',
        to: 'bob@example.org',
        bcc: 'team@example.org',
        subject: `Grüße by ${name}`,
        text: '.\n..\nÜber die Brücke\n',
        attachments: [{ filename: 'a.bin', content: Buffer.alloc(100_000, 7) }],
      });
      transport.close();
      assert.match(sent.response, /^250 2\.0\.0 Ok: queued as /);
      const message = (await world.readInbox(world.bob)).at(-1) ?? '';
      assert.ok(message.includes(sent.messageId));
    });
  }
});

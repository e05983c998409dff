// A database of the first version comes to this one with all its mail; a migration that fails leaves the
// database as it was.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { closeDatabase, db, raw, sql, type Tx, write } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { listRelayRules } from '#lib/queue/relay-rule.ts';
import { listMailboxes } from '#server/store/mailboxes.ts';
import { readBytes, readMessages, readRendered } from '#server/store/read.ts';
import { searchMessages } from '#server/store/search/search.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase(false);
after(database.close);

const at = new Date('2025-01-02T03:04:05.678Z');
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const text = (subject: string, body: string) =>
  Buffer.from(`Subject: ${subject}\r\nFrom: <a@far.test>\r\n\r\n${body}\r\n`);
const prefix = Buffer.from('Return-Path: <a@far.test>\r\n');

/** The body, how it is kept, whether a rendering of the first version is there. */
const bodies = [
  { bytes: text('Kept as a row', 'Grüße aus Köln'), place: 'row', isRendered: true },
  {
    bytes: Buffer.concat([text('All bytes', ''), Buffer.from([0, 255, 13, 10, 10, 128])]),
    place: 'row',
    isRendered: false,
  },
  { bytes: text('Kept as a file', 'needle '.repeat(20_000)), place: 'file', isRendered: true },
];
const lost = text('Lost', 'nowhere');

/** Where each body lies: several mailboxes, a copy, gaps between UIDs. */
const messages = [
  { mailbox: 'inbox', uid: 3, body: 0, flags: 1, keywords: '' },
  { mailbox: 'inbox', uid: 7, body: 1, flags: 0, keywords: '$label work' },
  { mailbox: 'inbox', uid: 8, body: 2, flags: 6, keywords: '' },
  { mailbox: 'archive', uid: 1, body: 2, flags: 0, keywords: '' },
];

const insert = (tx: Tx, table: string, row: Record<string, unknown>) => {
  const names = raw(
    Object.keys(row)
      .map((name) => `"${name}"`)
      .join(', '),
  );
  const values = Object.values(row).map((value) => sql`${value}`);
  const list = values.reduce((before, value) => sql`${before}, ${value}`);
  return tx.$executeRaw(sql`INSERT INTO ${raw(`"${table}"`)} (${names}) VALUES (${list})`);
};

async function insertBody(tx: Tx, body: (typeof bodies)[number]): Promise<void> {
  const { bytes, place } = body;
  const id = hashOf(bytes);
  await insert(tx, 'Blob', { id, sizeBytes: bytes.length, place, createdAt: at });
  if (place === 'row') await insert(tx, 'BlobBytes', { id, bytes });
  if (!body.isRendered) return;
  const none = Buffer.from('NIL');
  await insert(tx, 'Rendering', {
    blobId: id,
    version: 1,
    hasAttachments: false,
    baseSubject: 'old',
    subject: 'old',
    fromText: '',
    toText: '',
    ccText: '',
    preview: '',
    parts: '{}',
    envelope: none,
    bodyStructure: none,
    body: none,
    header: none,
  });
  await insert(tx, 'RenderingText', { blobId: id, header: 'Old', body: 'Old' });
}

async function insertMailbox(tx: Tx, id: string, name: string): Promise<void> {
  const own = messages.filter((message) => message.mailbox === id);
  const sizes = own.map(({ body }) => prefix.length + (bodies[body]?.bytes.length ?? 0));
  await insert(tx, 'Mailbox', {
    accountId: 'ada',
    id,
    name,
    uidValidity: 77,
    uidNext: 20,
    highestModseq: 50,
    messages: own.length,
    unseen: own.filter(({ flags }) => (flags & 1) === 0).length,
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
    createdAt: at,
  });
}

/** Relay rules: by recipient, by sender, and the default, each kind with an order of its own. */
async function insertRules(tx: Tx): Promise<void> {
  const base = { tlsMode: 'opportunistic', createdAt: at };
  const rules = [
    {
      position: 1,
      match: 'default',
      pattern: '',
      host: 'smart.test',
      port: 587,
      username: 'u',
      secret: 's',
    },
    { position: 2, match: 'sender', pattern: '<>', host: '2001:db8::1', port: 25, tlsMode: 'none' },
    {
      position: 1,
      match: 'sender',
      pattern: 'own.test',
      host: '192.0.2.1',
      port: 465,
      tlsMode: 'implicit',
    },
    {
      position: 9,
      match: 'recipient',
      pattern: '.far.test',
      host: '',
      port: 25,
      tlsMode: 'required',
    },
    {
      position: 3,
      match: 'recipient',
      pattern: 'a@far.test',
      host: 'vip.test',
      port: 26,
      tlsMode: 'required',
    },
  ];
  for (const [index, rule] of rules.entries()) {
    await insert(tx, 'RelayRule', { id: `rule${index}`, ...base, ...rule, comment: `c${index}` });
  }
}

function insertFirstVersion(): Promise<void> {
  return write(async (tx) => {
    const domain = { id: 'd', name: 'example.test', createdAt: at };
    await insert(tx, 'Domain', domain);
    await insert(tx, 'Account', {
      id: 'ada',
      address: 'ada@example.test',
      domainId: 'd',
      usedBytes: 1234,
      usedMessages: 4,
      createdAt: at,
    });
    for (const body of bodies) await insertBody(tx, body);
    await insertMailbox(tx, 'inbox', 'INBOX');
    await insertMailbox(tx, 'archive', 'Archive');
    const message = { accountId: 'ada', prefix, internalDate: at, savedAt: at };
    for (const { mailbox, uid, body, flags, keywords } of messages) {
      const { bytes } = bodies[body]!;
      await insert(tx, 'Message', {
        ...message,
        mailboxId: mailbox,
        uid,
        modseq: uid + 10,
        emailId: `e${body}`,
        threadId: `t${body}`,
        blobId: hashOf(bytes),
        sizeBytes: prefix.length + bytes.length,
        flags,
        keywords,
      });
    }
    await insert(tx, 'Message', {
      ...message,
      mailboxId: 'archive',
      uid: 2,
      modseq: 12,
      emailId: 'lost',
      threadId: 'lost',
      blobId: hashOf(lost),
      sizeBytes: prefix.length + lost.length,
      flags: 1,
    });
    await insert(tx, 'Tombstone', { accountId: 'ada', mailboxId: 'inbox', uid: 5, modseq: 40 });
    await insertRules(tx);
    await insert(tx, 'QueueMessage', {
      id: 'q',
      blobId: hashOf(bodies[2]!.bytes),
      prefix,
      sizeBytes: 9,
      sender: 'ada@example.test',
      traceId: 'trace',
      createdAt: at,
    });
    await insert(tx, 'QueueRecipient', {
      id: 'r',
      messageId: 'q',
      recipient: 'far@far.test',
      domain: 'far.test',
      state: 'held',
      nextAttemptAt: at,
      createdAt: at,
    });
  });
}

describe('a database of the first version', () => {
  it('is filled', async () => {
    assert.deepEqual(await migrate('0001_initial'), ['0001_initial']);
    await insertFirstVersion();
    const { bytes } = bodies[2]!;
    const hash = hashOf(bytes);
    const path = join(database.folder, 'blobs', hash.slice(0, 2), hash.slice(2));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  });

  it('stays as it is where the migration fails half way', async () => {
    const read = () =>
      db.$queryRaw<
        { blobId: string }[]
      >`SELECT "blobId" FROM "Message" ORDER BY "mailboxId", "uid"`;
    const before = await read();
    assert.equal(before.length, 5);
    // Stands in the way of a statement in the middle.
    await write((tx) => tx.$executeRaw`CREATE TABLE "Imported" ("x" INTEGER)`);
    await closeDatabase();
    await assert.rejects(migrate(), /Imported/);
    assert.deepEqual(await read(), before);
    const names = await db.$queryRaw<{ name: string }[]>`
      SELECT "migration_name" AS "name" FROM "_prisma_migrations"`;
    assert.deepEqual(names, [{ name: '0001_initial' }]);
    await assert.rejects(db.$queryRaw`SELECT 1 FROM "PopUid"`);
    await write((tx) => tx.$executeRaw`DROP TABLE "Imported"`);
    await closeDatabase();
  });

  it('comes to this version', async () => {
    const applied = await migrate();
    assert.equal(applied[0], '0002_numbered_bodies');
    assert.deepEqual(await migrate(), []);
  });

  it('has every message where it was, byte for byte', async () => {
    const mailboxes = await listMailboxes('ada');
    assert.deepEqual(
      mailboxes.map(({ id, uidValidity, uidNext, highestModseq, messages }) => [
        id,
        uidValidity,
        uidNext,
        highestModseq,
        messages,
      ]),
      [
        ['inbox', 77, 20, 50, 3],
        ['archive', 77, 20, 50, 1],
      ].sort(
        (one, two) =>
          mailboxes.findIndex(({ id }) => id === one[0]) -
          mailboxes.findIndex(({ id }) => id === two[0]),
      ),
    );
    for (const { mailbox, uid, body, flags, keywords } of messages) {
      const [message] = await readMessages('ada', mailbox, [uid]);
      assert.ok(message, `${mailbox} ${uid}`);
      const { bytes } = bodies[body]!;
      assert.ok(Buffer.concat([prefix, bytes]).equals(await readBytes(message)), `body ${body}`);
      assert.deepEqual(
        [message.modseq, message.emailId, message.threadId, message.flags, message.internalDate],
        [uid + 10, `e${body}`, `t${body}`, flags, at],
      );
      assert.equal(message.keywords, keywords);
    }
    const account = await db.account.findUniqueOrThrow({ where: { id: 'ada' } });
    assert.deepEqual([account.usedBytes, account.usedMessages], [1234n, 4n]);
  });

  it('keeps a message whose body was lost', async () => {
    const [message] = await readMessages('ada', 'archive', [2]);
    assert.equal(message?.emailId, 'lost');
    const blob = await db.blob.findUniqueOrThrow({ where: { hash: hashOf(lost) } });
    assert.deepEqual([blob.place, Number(blob.sizeBytes)], ['file', lost.length]);
  });

  it('keeps bodies once, each with a number', async () => {
    const blobs = await db.blob.findMany();
    const hashes = [...bodies.map(({ bytes }) => bytes), lost].map(hashOf);
    assert.deepEqual(blobs.map(({ hash }) => hash).sort(), hashes.sort());
    assert.equal(new Set(blobs.map(({ id }) => id)).size, blobs.length);
  });

  it('renders and finds what the first version had rendered otherwise', async () => {
    const rendered = await readRendered('ada', 'inbox', [3, 7, 8]);
    assert.deepEqual(
      rendered.map(({ header }) => header.toString().split('\r\n')[0]),
      ['Subject: Kept as a row', 'Subject: All bytes', 'Subject: Kept as a file'],
    );
    const search = (value: string) =>
      searchMessages('ada', 'inbox', { kind: 'text', field: 'text', value });
    assert.deepEqual(await search('NEEDLE'), [8]);
    assert.deepEqual(await search('grüsse'), [3]);
    assert.deepEqual(await search('kept as'), [3, 8]);
  });

  it('has its relay rules in the order in which they were tried', async () => {
    assert.deepEqual(
      (await listRelayRules()).map((rule) => [
        ...[rule.position, rule.recipient, rule.sender, rule.target, rule.hosts, rule.tlsMode],
        ...[rule.username, rule.hasPassword, rule.comment],
      ]),
      [
        [1, 'a@far.test', '', 'hosts', 'vip.test:26', 'verified', '', false, 'c4'],
        [2, '.far.test', '', 'mx', '', 'opportunistic', '', false, 'c3'],
        [3, '', 'own.test', 'hosts', '192.0.2.1:465', 'implicit', '', false, 'c2'],
        [4, '', '<>', 'hosts', '[2001:db8::1]:25', 'none', '', false, 'c1'],
        [5, '', '', 'hosts', 'smart.test:587', 'opportunistic', 'u', true, 'c0'],
      ],
    );
  });

  it('has its queue', async () => {
    const { rows, total } = await listQueue();
    assert.equal(total, 1);
    assert.deepEqual(
      rows.map(({ recipient, state, subject, createdAt }) => [
        recipient,
        state,
        subject,
        createdAt,
      ]),
      [['far@far.test', 'held', 'Kept as a file', at]],
    );
  });
});

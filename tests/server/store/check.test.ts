// Each kind of damage is made, named, mended and gone; a store that was only used is whole.
import assert from 'node:assert/strict';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { now } from '#lib/clock.ts';
import { db, type Sql, sql, type Tx, write } from '#lib/db.ts';
import { keysOf, openSearchFile, removeSearchFile } from '#lib/dialect/search-file.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { appendMessages } from '#server/store/append.ts';
import { blobPath, blobsFolder } from '#server/store/bodies/blob-files.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { checkStore, type Finding, repairStore } from '#server/store/check/index.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox, deleteMailbox } from '#server/store/mailboxes.ts';
import { TERMS_VERSION } from '#server/store/search/text-index-terms.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import {
  appendTexts,
  checkCounters,
  mailboxOf,
  makeAccount,
  makeMessage,
  removeForGood,
} from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let account = '';
let inboxId = '';
let bodies = 0;

before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
afterEach(() => repair());

/** An account with three small messages and a large one, one of the small ones expunged. */
beforeEach(async () => {
  account = await makeAccount();
  inboxId = (await mailboxOf(account, 'INBOX')).id;
  const small = () => `Message-ID: <${bodies++}@x>\nSubject: s ${bodies}\n\nbody ${bodies}\n`;
  await appendTexts(account, inboxId, [small(), small(), small()]);
  const large = Buffer.from(`Subject: large ${bodies++}\r\n\r\n${'x'.repeat(100_000)}`);
  await appendMessages(account, inboxId, [await makeMessage(large, { keywords: ['a', 'b'] })]);
  await removeMessages(account, inboxId, [2]);
});

/** Notes that a store in use does not have. */
const leftovers = new Set([
  'body-unused',
  'file-without-row',
  'temporary-left',
  'member-without-account',
  'right-without-account',
  'annotation-without-owner',
]);

async function collect(options = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of checkStore(options)) {
    if (!finding.isNote || leftovers.has(finding.kind)) found.push(finding);
  }
  return found;
}

async function repair(options = {}): Promise<string[]> {
  const done: string[] = [];
  for await (const one of repairStore(options)) if (one.done) done.push(one.kind);
  return done;
}

const change = (statement: Sql) => write((tx) => tx.$executeRaw(statement));
const own = () => sql`"accountId" = ${account} AND "mailboxId" = ${inboxId}`;
const ownBox = () => sql`"accountId" = ${account} AND "id" = ${inboxId}`;

async function blobOf(uid: number): Promise<{ id: number; hash: string }> {
  const { blobId } = await db.message.findFirstOrThrow({
    where: { accountId: account, mailboxId: inboxId, uid },
  });
  return db.blob.findUniqueOrThrow({ where: { id: blobId } });
}

type Damage = {
  kind: string;
  make: () => Promise<unknown>;
  /** What else must be named, where it is more than the kind. */
  also?: string[];
  options?: object;
};

const old = () => new Date(now().getTime() - 10 * 3_600_000);
const box = (set: Sql) => () => change(sql`UPDATE "Mailbox" SET ${set} WHERE ${ownBox()}`);
const row = (set: Sql) => () =>
  change(sql`UPDATE "Message" SET ${set} WHERE ${own()} AND "uid" = 1`);

const damages: Damage[] = [
  {
    kind: 'mailbox-counters',
    make: box(sql`"messages" = 7, "unseen" = 0`),
    also: ['account-counters'],
  },
  {
    kind: 'mailbox-counters',
    make: box(sql`"sizeBytes" = "sizeBytes" + 1`),
    also: ['account-counters'],
  },
  {
    kind: 'account-counters',
    make: () => change(sql`UPDATE "Account" SET "usedBytes" = 1 WHERE "id" = ${account}`),
  },
  { kind: 'uidnext-low', make: box(sql`"uidNext" = 4`), also: ['recent-uid?'] },
  { kind: 'highestmodseq-low', make: box(sql`"highestModseq" = 2`) },
  { kind: 'recent-uid', make: box(sql`"recentUid" = "uidNext" + 1`) },
  { kind: 'floor-modseq', make: box(sql`"floorModseq" = "highestModseq" + 9`) },
  { kind: 'uidvalidity', make: box(sql`"uidValidity" = 0`) },
  { kind: 'uidvalidity', make: box(sql`"uidValidity" = 4294967296`) },
  {
    kind: 'uidvalidity',
    make: async () => {
      const { uidValidity } = await mailboxOf(account, 'Sent');
      await box(sql`"uidValidity" = ${uidValidity}`)();
    },
  },
  {
    kind: 'uidvalidity',
    make: async () => {
      const { uidValidity } = await createMailbox(account, 'once');
      await deleteMailbox(account, 'once');
      await box(sql`"uidValidity" = ${uidValidity}`)();
    },
  },
  { kind: 'message-modseq', make: row(sql`"modseq" = 0`) },
  { kind: 'message-size', make: row(sql`"sizeBytes" = 3`), also: ['mailbox-counters'] },
  { kind: 'flags-unknown', make: row(sql`"flags" = "flags" + 64`) },
  { kind: 'keywords-malformed', make: row(sql`"keywords" = 'b  a (x) a'`) },
  { kind: 'message-without-id', make: row(sql`"threadId" = ''`) },
  { kind: 'message-without-id', make: row(sql`"emailId" = ''`) },
  {
    kind: 'message-and-tombstone',
    make: () =>
      change(sql`INSERT INTO "Tombstone" ("accountId", "mailboxId", "uid", "modseq")
        VALUES (${account}, ${inboxId}, 1, 2)`),
  },
  {
    kind: 'message-not-logged',
    make: () => change(sql`UPDATE "MailboxChange" SET "uids" = '' WHERE ${own()}`),
  },
  {
    kind: 'tombstone-modseq',
    make: () => change(sql`UPDATE "Tombstone" SET "modseq" = 0 WHERE ${own()}`),
  },
  {
    kind: 'kept-uid-beyond',
    make: () => change(sql`UPDATE "Tombstone" SET "keptUid" = 99 WHERE ${own()}`),
  },
  {
    kind: 'messages-without-mailbox',
    make: () => change(sql`DELETE FROM "Mailbox" WHERE ${ownBox()}`),
    also: ['rows-without-mailbox', 'account-counters', 'inbox-missing'],
  },
  {
    kind: 'rows-without-mailbox',
    make: () =>
      change(sql`INSERT INTO "PopUid" ("accountId", "mailboxId", "uid", "text")
        VALUES (${account}, 'gone', 1, 'x')`),
  },
  ...['MailboxRight', 'Annotation'].map((table) => ({
    kind: 'rows-without-mailbox',
    make: () =>
      table === 'Annotation'
        ? change(sql`INSERT INTO "Annotation" ("accountId", "mailboxId", "ownerId", "entry", "value")
            VALUES (${account}, 'gone', '', '/shared/comment', ${Buffer.from('x')})`)
        : change(sql`INSERT INTO "MailboxRight" ("accountId", "mailboxId", "identifier", "rights")
            VALUES (${account}, 'gone', 'anyone', 'lr')`),
  })),
  {
    kind: 'member-without-account',
    make: () =>
      change(sql`INSERT INTO "Member" ("sharedId", "memberId", "mayWrite", "maySend")
        VALUES (${account}, 'gone', true, false)`),
  },
  {
    kind: 'right-without-account',
    make: async () => {
      for (const identifier of ['anyone', '-anyone', account, `-${account}`, 'gone', '-gone']) {
        await change(sql`INSERT INTO "MailboxRight" ("accountId", "mailboxId", "identifier", "rights")
          VALUES (${account}, ${inboxId}, ${identifier}, 'lr')`);
      }
    },
  },
  {
    kind: 'annotation-without-owner',
    make: async () => {
      for (const ownerId of ['', account, 'gone']) {
        await change(sql`INSERT INTO "Annotation"
          ("accountId", "mailboxId", "ownerId", "entry", "value")
          VALUES (${account}, '', ${ownerId}, '/private/comment', ${Buffer.from('x')})`);
      }
    },
  },
  {
    kind: 'mailbox-name',
    make: () =>
      change(sql`UPDATE "Mailbox" SET "name" = 'a//b' WHERE "accountId" = ${account}
      AND "name" = 'Sent'`),
  },
  {
    kind: 'parent-missing',
    make: () =>
      change(sql`UPDATE "Mailbox" SET "name" = 'up/down' WHERE "accountId" = ${account}
      AND "name" = 'Sent'`),
  },
  {
    kind: 'special-use-twice',
    make: () =>
      change(sql`UPDATE "Mailbox" SET "specialUse" = '\\Junk' WHERE "accountId" = ${account}
      AND "name" = 'Sent'`),
  },
  {
    kind: 'subscription-name',
    make: () =>
      change(sql`INSERT INTO "Subscription" ("accountId", "name") VALUES (${account}, 'a//b')`),
  },
  {
    kind: 'thread-reference-empty',
    make: () =>
      change(sql`INSERT INTO "ThreadReference" ("accountId", "reference", "threadId")
      VALUES (${account}, 'r', '')`),
  },
  {
    kind: 'body-lost',
    make: async () => {
      const { id } = await blobOf(1);
      await change(sql`DELETE FROM "BlobBytes" WHERE "blobId" = ${id}`);
    },
    also: ['message-body-lost'],
  },
  {
    kind: 'body-lost',
    make: async () => rmSync(blobPath((await blobOf(4)).hash)),
    also: ['message-body-lost'],
  },
  {
    kind: 'body-damaged',
    make: async () => truncateSync(blobPath((await blobOf(4)).hash), 5000),
    also: ['message-body-damaged'],
  },
  {
    kind: 'body-damaged',
    make: async () => {
      const path = blobPath((await blobOf(4)).hash);
      const bytes = readFileSync(path);
      bytes[500]! ^= 1;
      writeFileSync(path, bytes);
    },
    also: ['message-body-damaged'],
  },
  {
    kind: 'body-damaged',
    make: async () => {
      const { id } = await blobOf(1);
      await change(
        sql`UPDATE "BlobBytes" SET "bytes" = ${Buffer.from('other')} WHERE "blobId" = ${id}`,
      );
    },
    also: ['message-body-damaged'],
  },
  {
    kind: 'body-misplaced',
    make: async () =>
      change(sql`UPDATE "Blob" SET "place" = 'row' WHERE "id" = ${(await blobOf(4)).id}`),
  },
  {
    kind: 'body-twice',
    make: async () => {
      const { id, hash } = await blobOf(4);
      const bytes = readFileSync(blobPath(hash));
      await change(sql`INSERT INTO "BlobBytes" ("blobId", "bytes") VALUES (${id}, ${bytes})`);
    },
  },
  {
    kind: 'body-unused',
    make: async () => {
      const staged = await stageBytes(Buffer.from(`Subject: nobody ${bodies++}\r\n\r\n`));
      await write((tx) => insertBlob(tx, staged));
      await change(sql`UPDATE "Blob" SET "createdAt" = ${old()} WHERE "hash" = ${staged.hash}`);
    },
  },
  {
    kind: 'bytes-without-body',
    make: async () => change(sql`DELETE FROM "Blob" WHERE "id" = ${(await blobOf(1)).id}`),
    also: ['message-without-body', 'rendering-without-body'],
  },
  {
    kind: 'message-without-body',
    make: async () => {
      const { id } = await blobOf(1);
      await change(sql`DELETE FROM "Blob" WHERE "id" = ${id}`);
      await change(sql`DELETE FROM "BlobBytes" WHERE "blobId" = ${id}`);
    },
    also: ['rendering-without-body'],
  },
  {
    kind: 'rendering-without-body',
    make: () =>
      change(sql`INSERT INTO "RenderingText" ("blobId", "header", "body") VALUES (900000, '', '')`),
  },
  {
    kind: 'rendering-without-text',
    make: async () =>
      change(sql`DELETE FROM "RenderingText" WHERE "blobId" = ${(await blobOf(1)).id}`),
  },
  {
    kind: 'recipient-without-message',
    make: () => write((tx) => insertRecipient(tx, 'nothing')),
  },
  {
    kind: 'queued-size',
    make: () =>
      write(async (tx) => {
        await insertQueued(tx, (await blobOf(1)).id, 1);
      }),
  },
  {
    kind: 'file-without-row',
    make: async () => {
      const { path } = await stageBytes(Buffer.alloc(100_000, bodies++ % 256));
      utimesSync(path!, old(), old());
    },
  },
  {
    kind: 'temporary-left',
    make: async () => {
      const path = join(database.folder, 'blobs', 'tmp', 'left');
      writeFileSync(path, 'x');
      utimesSync(path, old(), old());
    },
  },
];

async function insertRecipient(tx: Tx, messageId: string): Promise<void> {
  const at = { nextAttemptAt: now(), createdAt: now() };
  const to = { recipient: 'a@b', domain: 'b', state: 'queued', attempts: 0 };
  await tx.queueRecipient.create({ data: { id: `r${bodies++}`, messageId, ...to, ...at } });
}

async function insertQueued(tx: Tx, blobId: number, sizeBytes: number): Promise<string> {
  const id = `q${bodies++}`;
  await tx.queueMessage.create({
    data: {
      id,
      blobId,
      prefix: Buffer.alloc(0),
      sizeBytes,
      sender: '',
      traceId: 't',
      createdAt: now(),
    },
  });
  await insertRecipient(tx, id);
  return id;
}

for (const [index, { kind, make, also = [], options }] of damages.entries()) {
  test(`${kind} is named, mended and gone (${index})`, async () => {
    assert.deepEqual(await collect(options), [], 'whole before');
    await make();
    const found = await collect(options);
    const wanted = [kind, ...also.filter((one) => !one.endsWith('?'))];
    const kinds = [...new Set(found.map((one) => one.kind))];
    for (const one of wanted) assert.ok(kinds.includes(one), `${one} in ${kinds}`);
    const allowed = new Set([kind, ...also.map((one) => one.replace('?', ''))]);
    assert.deepEqual(
      kinds.filter((one) => !allowed.has(one)),
      [],
      'nothing else is named',
    );
    assert.ok((await repair(options)).includes(kind));
    assert.deepEqual(await collect(options), [], 'whole after');
    await checkCounters(account);
  });
}

test('a quick check sees a truncated file, only a full one a changed byte', async () => {
  const { hash } = await blobOf(4);
  const path = blobPath(hash);
  const bytes = readFileSync(path);
  bytes[500]! ^= 1;
  writeFileSync(path, bytes);
  assert.deepEqual(await collect({ isQuick: true }), []);
  truncateSync(path, 10);
  assert.equal((await collect({ isQuick: true })).length, 2);
  await repair();
});

test('a damaged body is kept, its messages are named one by one and what is known of them is kept', async () => {
  const { hash } = await blobOf(4);
  truncateSync(blobPath(hash), 5000);
  const found = await collect();
  assert.deepEqual(
    found.map(({ kind, accountId, mailbox, uid }) => [kind, accountId, mailbox, uid]),
    [
      ['message-body-damaged', account, 'INBOX', 4],
      ['body-damaged', undefined, undefined, undefined],
    ],
  );
  await repair();
  const folder = join(database.folder, 'damaged');
  assert.equal(readFileSync(join(folder, `body-${hash}`)).length, 5000);
  assert.equal(existsSync(blobPath(hash)), false);
  const name = readdirSync(folder).find((each) => each.includes(`${inboxId}-4.json`));
  const known = JSON.parse(readFileSync(join(folder, name!), 'utf8'));
  assert.equal(known.mailbox, 'INBOX');
  assert.equal(known.bodySha256, hash);
  assert.match(known.header, /^Subject: large/);
  const gone = await db.tombstone.findFirst({ where: { mailboxId: inboxId, uid: 4 } });
  assert.ok(gone, 'sessions are told');
});

test('a queued message without its body is told, and left to a person', async () => {
  const staged = await stageBytes(Buffer.from(`Subject: queued ${bodies++}\r\n\r\n`));
  const blobId = await write(async (tx) => {
    const id = await insertBlob(tx, staged);
    await insertQueued(tx, id, staged.sizeBytes);
    return id;
  });
  assert.deepEqual(await collect(), []);
  await change(sql`DELETE FROM "BlobBytes" WHERE "blobId" = ${blobId}`);
  await repair();
  const left = (await collect()).map(({ kind }) => kind);
  assert.ok(left.includes('queued-body-lost'));
  await change(sql`DELETE FROM "QueueRecipient"`);
  await change(sql`DELETE FROM "QueueMessage"`);
  await repair();
  assert.deepEqual(await collect(), []);
});

test('rows of a removed account are a note: the clean-up takes them', async () => {
  const gone = await makeAccount();
  await write((tx) => tx.account.delete({ where: { id: gone } }));
  const found: Finding[] = [];
  for await (const finding of checkStore()) found.push(finding);
  assert.ok(found.some((one) => one.kind === 'rows-without-account' && one.isNote));
  assert.ok(found.every((one) => one.isNote));
  await repair();
  for await (const finding of checkStore()) assert.fail(finding.text);
});

test('bodies whose files are away all together are not given up', async () => {
  const folder = blobsFolder();
  renameSync(folder, `${folder}-away`);
  const found = (await collect()).map(({ kind, isRepairable }) => [kind, isRepairable]);
  assert.deepEqual(found, [['bodies-away', false]]);
  await repair();
  assert.equal((await mailboxOf(account, 'INBOX')).messages, 3);
  // What arrives meanwhile makes the folder again.
  const large = () => Buffer.from(`Subject: l ${bodies++}\r\n\r\n${'x'.repeat(100_000)}`);
  const many = [];
  for (let count = 0; count < 25; count++) many.push(await makeMessage(large()));
  const { uids } = await appendMessages(account, inboxId, many);
  rmSync(folder, { recursive: true });
  renameSync(`${folder}-away`, folder);
  assert.deepEqual(
    (await collect()).map(({ kind }) => kind),
    ['bodies-away'],
  );
  await repair();
  assert.equal((await mailboxOf(account, 'INBOX')).messages, 28);
  await removeForGood(account, inboxId, uids);
  await removeOrphans(0);
  await removeOrphans(-1000);
  assert.deepEqual(await collect(), []);
});

test('bodies that wait for a newer rendering are one note', async () => {
  await change(sql`UPDATE "Rendering" SET "version" = ${FACTS_VERSION - 1}`);
  const found: Finding[] = [];
  for await (const finding of checkStore()) found.push(finding);
  assert.deepEqual(
    found.map(({ kind, isNote }) => [kind, isNote]),
    [['rendering-old', true]],
  );
  await change(sql`UPDATE "Rendering" SET "version" = ${FACTS_VERSION}`);
});

test('a text index that is damaged or of another database is named and removed', async (t) => {
  if (testServerUrl) return t.skip('PostgreSQL keeps its index itself');
  const file = join(database.folder, 'search.db');
  const version = `${TERMS_VERSION}.${FACTS_VERSION}`;
  const make = async (anchor: string) => {
    const { id } = await blobOf(1);
    const index = openSearchFile(file, version, true);
    const numbers = { low: 1, high: id, bodies: 1, level: 0, madeAtMs: 0, skipped: [] };
    const segment = index.beginSegment({ ...numbers, anchor });
    index.insertChunk(keysOf(segment, 0)[0], 'a', Buffer.from('a'), Buffer.from('b'));
    index.showSegment(segment, []);
    index.close();
  };
  await make((await blobOf(1)).hash);
  assert.deepEqual(await collect(), []);
  removeSearchFile(file);
  await make('another');
  assert.deepEqual(
    (await collect({ isQuick: true })).map(({ kind }) => kind),
    ['search-index'],
  );
  await repair();
  assert.equal(existsSync(file), false);
  writeFileSync(file, 'this is not a database, but long enough to look at'.repeat(50));
  assert.deepEqual(
    (await collect()).map(({ kind }) => kind),
    ['search-index'],
  );
  await repair();
  assert.deepEqual(await collect(), []);
});

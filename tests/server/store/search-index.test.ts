// Search through the text index against a plain look into every text: before anything is indexed, half way, wholly,
// after deletions, after a change of version, with a thread that is killed. On PostgreSQL the index is its own.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fromNow } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { buildTextIndex, textIndexFiles } from '#lib/dialect/index.ts';
import type { Running } from '#server/net/running.ts';
import { appendMessages } from '#server/store/append.ts';
import { toBuffer } from '#server/store/bodies/blobs.ts';
import { copyMessages } from '#server/store/copy.ts';
import { foldText } from '#server/store/fold.ts';
import { type Criterion, searchMessages } from '#server/store/search/search.ts';
import { completeTextIndex, findWorker, startTextIndex } from '#server/store/search/text-index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

/** As many as make a search ask the index. */
const folderSize = 330;
const minBodies = 60;

let seed = Number(process.env.SEED ?? 7);
const random = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!;

const words = [
  ...'the The and mailbox UIDVALIDITY report Report(2024) quarterly naïve café CAFÉ Straße STRASSE 100% a_b'.split(
    ' ',
  ),
  ...'c:\\temp\\x "quoted" it\'s ann@example.org https://example.org/a?b=c&d=e 3.14 -- ... **bold** foo-bar'.split(
    ' ',
  ),
  ...'Привет МОСКВА спасибо γιώργος ΔΡΟΜΟΣ οδός שלום مرحبا नमस्ते สวัสดีครับ 한국어 검색 안녕하세요'.split(
    ' ',
  ),
  ...'東京都 日本語の件名 検索 漢字カナ交じり文 北京大学 数据 カーテン'.split(' '),
  ...'😀 👍🏽 👨‍👩‍👧 ❤️ 𝔘𝔫𝔦 𠮷野家 e\u0301te\u0301 o\u0308l n\u0303 ﬁn ǰ İstanbul ŉ'.split(' '),
  'dGhpcyBpcyBhIHRlc3Qgb2YgYmFzZTY0IHRleHQ',
  '0123456789abcdef0123456789abcdef',
  'Donaudampfschifffahrtsgesellschaftskapitän',
  'id20260512T081530Z',
  'x'.repeat(70),
];
const gaps = [' ', ' ', ' ', '\n', ', ', '. ', '\t', '', '/', '。'];

const makeText = () =>
  Array.from({ length: 5 + Math.floor(random() * 40) }, () => pick(words) + pick(gaps)).join('');

const makeFull = (number: number) =>
  [
    `From: ${pick(words).replace(/[^\p{L}]/gu, '')} <p${number % 9}@example.org>`,
    `Subject: ${pick(words)} ${pick(words)}`.replace(/\s+$/, ''),
    `Message-ID: <${Math.floor(random() * 1e9).toString(36)}.${number}@example.org>`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    makeText(),
  ].join('\n');

type Seen = {
  uid: number;
  isSeen: boolean;
  prefix: string;
  header: string;
  body: string;
  from: string;
  subject: string;
};

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let account: string;
let inbox: string;
let running: Running | null = null;

/** What a look into every message sees. */
async function readAll(): Promise<Seen[]> {
  const rows = await db.$queryRaw<
    {
      uid: bigint | number;
      flags: bigint | number;
      prefix: Uint8Array;
      header: string;
      body: string;
      fromText: string;
      subject: string;
    }[]
  >`SELECT "uid", "flags", "prefix", "RenderingText"."header", "RenderingText"."body", "fromText", "subject"
    FROM "Message" JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
    JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
    WHERE "accountId" = ${account} AND "mailboxId" = ${inbox} ORDER BY "uid"`;
  return rows.map((row) => ({
    uid: Number(row.uid),
    isSeen: (Number(row.flags) & 1) !== 0,
    prefix: foldText(toBuffer(row.prefix).toString('utf8')),
    header: row.header,
    body: row.body,
    from: foldText(row.fromText),
    subject: foldText(row.subject),
  }));
}

type Field = 'body' | 'text' | 'from' | 'subject';

function fits(seen: Seen, field: Field, value: string): boolean {
  const needle = foldText(value);
  if (field !== 'text') return seen[field].includes(needle);
  return [seen.prefix, seen.header, seen.body].some((text) => text.includes(needle));
}

/** A piece of a text that is there, or something that may be nowhere. */
function makeNeedle(all: Seen[]): string {
  const seen = pick(all);
  const source = Array.from(random() < 0.8 ? seen.body : seen.header);
  const length = 1 + Math.floor(random() * 12);
  const start = Math.floor(random() * Math.max(1, source.length - length));
  const piece = source.slice(start, start + length).join('');
  if (random() < 0.1)
    return pick(['%', '_', '\\', "'", '"', '%a', '_b', '\\t', '100%', 'zq', 'qqq', '—']);
  if (random() < 0.1) return pick(words);
  if (random() < 0.2) return piece.toUpperCase();
  return random() < 0.1 ? `${piece}q` : piece;
}

async function compare(rounds: number): Promise<void> {
  const all = await readAll();
  assert.ok(all.length >= 300, 'the folder is large enough for the index');
  for (let round = 0; round < rounds; round++) {
    const value = makeNeedle(all);
    const field = pick<Field>(['body', 'body', 'text', 'from', 'subject']);
    const expected = all.filter((seen) => fits(seen, field, value)).map(({ uid }) => uid);
    const key: Criterion = { kind: 'text', field, value };
    const name = `${field} ${JSON.stringify(value)}`;
    assert.deepEqual(await searchMessages(account, inbox, key), expected, name);
    if (round % 10 !== 0) continue;
    const other = makeNeedle(all);
    const mixed: Criterion = {
      kind: 'and',
      items: [
        { kind: 'not', item: key },
        {
          kind: 'or',
          items: [
            { kind: 'text', field: 'body', value: other },
            { kind: 'flag', flag: 1 },
          ],
        },
      ],
    };
    const also = all
      .filter((seen) => !fits(seen, field, value) && (fits(seen, 'body', other) || seen.isSeen))
      .map(({ uid }) => uid);
    assert.deepEqual(
      await searchMessages(account, inbox, mixed),
      also,
      `not ${name}, ${other} or seen`,
    );
  }
}

async function append(count: number): Promise<void> {
  const first = (await mailboxOf(account, 'INBOX')).uidNext;
  const messages = [];
  for (let uid = first; uid < first + count; uid++) {
    const prefix = Buffer.from(
      uid % 3 === 0
        ? ''
        : `Delivered-To: ${uid % 4 === 0 ? 'jürgen' : 'me'}+Tag${uid % 7}@here.example\r\n`,
    );
    messages.push(await makeMessage(makeFull(uid), { prefix, flags: uid % 5 === 0 ? 1 : 0 }));
  }
  await appendMessages(account, inbox, messages);
}

/** Waits for the index; PostgreSQL's is made once. */
async function complete(): Promise<void> {
  if (textIndexFiles()) assert.ok(await completeTextIndex(), 'the thread builds');
  else await buildTextIndex();
}

async function restart(atLeast = minBodies): Promise<void> {
  await running?.stop();
  running = await startTextIndex(atLeast);
}

async function halt(): Promise<void> {
  await running?.stop();
  running = null;
}

async function purge(uids: number[]): Promise<void> {
  const long = fromNow(-7 * 86_400_000);
  await write(async (tx) => {
    for (const uid of uids) {
      const rows = await tx.$queryRaw<{ blobId: number }[]>`DELETE FROM "Message"
        WHERE "accountId" = ${account} AND "mailboxId" = ${inbox} AND "uid" = ${uid} RETURNING "blobId"`;
      for (const { blobId } of rows) {
        await tx.$executeRaw`DELETE FROM "Blob" WHERE "id" = ${blobId} AND "createdAt" > ${long}`;
        await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" = ${blobId}`;
        await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" = ${blobId}`;
      }
    }
  });
}

before(async () => {
  database = await openTestDatabase();
  account = await makeAccount();
  inbox = (await mailboxOf(account, 'INBOX')).id;
});
after(async () => {
  await running?.stop();
  await database.close();
});

describe('search through the text index', () => {
  test('nothing indexed', async () => {
    await append(folderSize);
    await compare(60);
  });

  test('wholly indexed', async () => {
    await restart(1);
    await complete();
    await compare(400);
    assert.equal(findWorker() !== null, textIndexFiles() !== null, 'the index was asked');
  });

  test('indexed up to the last few', async () => {
    await restart();
    await append(minBodies - 1);
    await complete();
    await compare(150);
  });

  test('many small segments become few large ones', async () => {
    await restart(1);
    for (let round = 0; round < 18; round++) {
      await append(3);
      await complete();
    }
    await compare(150);
  });

  test('after deletions, without the words of what is gone', async () => {
    const odd = await makeMessage('Subject: x\n\nxylophonist was here\n');
    const { uids } = await appendMessages(account, inbox, [odd]);
    await complete();
    const key: Criterion = { kind: 'text', field: 'body', value: 'ylophon' };
    assert.deepEqual(await searchMessages(account, inbox, key), uids);
    const kept = (await readAll()).map(({ uid }) => uid);
    await purge([...uids, ...kept.filter((uid) => uid % 4 === 0)].slice(0, 80));
    await append(10);
    await compare(60);
    await complete();
    await compare(150);
    assert.deepEqual(await searchMessages(account, inbox, key), []);
  });

  test('copies of one body', async () => {
    const uids = (await readAll()).slice(0, 50).map(({ uid }) => uid);
    await copyMessages(account, inbox, uids, inbox);
    await compare(60);
  });

  test('renderings of another version, or none, are not missed', async () => {
    const some = (await readAll()).filter(({ uid }) => uid % 9 === 0);
    assert.ok(some.length > 10);
    const expected = await readAll();
    await write(async (tx) => {
      // As if the first version had rendered them, and others had been lost.
      await tx.$executeRaw`UPDATE "Rendering" SET "version" = 1 WHERE "blobId" IN
        (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${inbox} AND "uid" % 9 = 0)`;
      await tx.$executeRaw`UPDATE "RenderingText" SET "body" = 'stale', "header" = 'stale' WHERE "blobId" IN
        (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${inbox} AND "uid" % 9 = 0)`;
      await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" IN
        (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${inbox} AND "uid" % 27 = 0)`;
      await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" IN
        (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${inbox} AND "uid" % 18 = 0)`;
    });
    // An index of the version before is of no use.
    await running?.stop();
    const files = textIndexFiles();
    if (files) writeFileSync(files.searchFile, 'no database at all');
    const { body } = pick(some);
    const value = body.slice(0, 9);
    const uids = expected.filter((seen) => fits(seen, 'body', value)).map(({ uid }) => uid);
    assert.deepEqual(
      await searchMessages(account, inbox, { kind: 'text', field: 'body', value }),
      uids,
    );
    assert.deepEqual(
      await searchMessages(account, inbox, { kind: 'text', field: 'body', value: 'stale' }),
      [],
    );
    assert.deepEqual(await readAll(), expected);
    await restart(1);
    await complete();
    await compare(100);
  });

  test('a thread that is killed', { skip: !textIndexFiles() }, async () => {
    const key: Criterion = { kind: 'text', field: 'body', value: 'e' };
    const expected = await searchMessages(account, inbox, key);
    const asked = searchMessages(account, inbox, key);
    await findWorker()?.terminate();
    assert.deepEqual(await asked, expected);
    assert.deepEqual(await searchMessages(account, inbox, key), expected);
    await restart(1);
    await append(30);
    void completeTextIndex();
    await findWorker()?.terminate();
    await compare(30);
  });

  test('an index of another database is not believed', { skip: !textIndexFiles() }, async () => {
    await restart(1);
    await halt();
    const file = join(database.folder, 'search.db');
    assert.ok(existsSync(file));
    const rows = await db.$queryRaw<{ id: number }[]>`SELECT MAX("id") AS "id" FROM "Blob"`;
    // The numbers of the last bodies are given again, as after the return of an older copy.
    await write(async (tx) => {
      await tx.$executeRaw`UPDATE "Blob" SET "hash" = 'other' WHERE "id" = ${rows[0]!.id}`;
    });
    await compare(20);
    await restart(1);
    await complete();
    await compare(20);
  });

  test('where the index cannot be written', { skip: !textIndexFiles() }, async () => {
    await halt();
    const file = join(database.folder, 'search.db');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    mkdirSync(file);
    await restart(1);
    await compare(40);
    await halt();
    rmSync(file, { recursive: true });
    await restart(1);
    await complete();
    await compare(20);
  });

  test('many searches at once', async () => {
    const all = await readAll();
    const values = Array.from({ length: 30 }, () => makeNeedle(all));
    const found = await Promise.all(
      values.map((value) => searchMessages(account, inbox, { kind: 'text', field: 'body', value })),
    );
    for (const [index, value] of values.entries()) {
      const expected = all.filter((seen) => fits(seen, 'body', value)).map(({ uid }) => uid);
      assert.deepEqual(found[index], expected, value);
    }
  });

  test('an aborted search ends, and nothing of another account', async () => {
    const ending = AbortSignal.abort(new Error('gone'));
    const key: Criterion = { kind: 'text', field: 'body', value: 'the' };
    await assert.rejects(searchMessages(account, inbox, key, ending), /gone/);
    const late = new AbortController();
    const asked = searchMessages(account, inbox, key, late.signal);
    setImmediate(() => late.abort(new Error('gone later')));
    await asked.catch((error) => assert.match(String(error), /gone later/));
    const stranger = await makeAccount();
    await assert.rejects(searchMessages(stranger, inbox, key), { reason: 'not-found' });
    const own = (await mailboxOf(stranger, 'INBOX')).id;
    assert.deepEqual(await searchMessages(stranger, own, key), []);
  });
});

// Long messages are taken apart in a thread: the same facts, whatever happens to the thread.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeDatabase } from '#lib/db.ts';
import { computeFacts, type MessageFacts } from '#lib/mail/facts.ts';
import { minimalFacts } from '#lib/mail/minimal-facts.ts';
import { readSection } from '#lib/mail/section.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { appendMessages } from '#server/store/append.ts';
import { createStage } from '#server/store/bodies/blobs.ts';
import { factsLimits, findFacts, findFactsOfFile } from '#server/store/bodies/facts-worker.ts';
import { readBytes, readParts, readRendered } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

const usual = { ...factsLimits };
const useThread = (name: string) => {
  factsLimits.thread = join(import.meta.dirname, name);
};

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

/** A message with attachments, of at least `sizeBytes`. */
function makeLong(sizeBytes: number, more = ''): Buffer {
  const lines = 'Grüße und mehr Worte in einer Zeile\r\n'.repeat(Math.ceil(sizeBytes / 40));
  return Buffer.from(
    `From: "Ann, B." <ann@far.test>\r\nTo: bob@own.test\r\nSubject: =?utf-8?q?l=C3=A4nger?=\r\n` +
      `Date: Tue, 3 Nov 2026 10:00:00 +0100\r\nMessage-ID: <long@far.test>\r\n${more}` +
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n' +
      `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${lines}\r\n` +
      '--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nxyz\r\n--b--\r\n',
  );
}

const plain = (facts: MessageFacts) => ({ ...facts, sentAt: facts.sentAt?.toISOString() });

describe('the thread for long messages', () => {
  test('finds the same as is found here', async () => {
    const sizes = [10, 31_000, 33_000, 40_000, 300_000, 2_000_000];
    const messages = sizes.map((size) => makeLong(size));
    const found = await Promise.all(messages.map(findFacts));
    for (const [index, bytes] of messages.entries()) {
      assert.deepEqual(plain(found[index]!), plain(computeFacts(bytes)));
      assert.ok(Buffer.isBuffer(found[index]!.envelope));
    }
  });

  test('reads files by itself, and says when it cannot', async () => {
    await writeSetting('storage.fileThresholdBytes', 0, 'test');
    for (const bytes of [makeLong(1000), makeLong(200_000)]) {
      const stage = createStage(bytes.length);
      await stage.write(bytes);
      const staged = await stage.finish();
      assert.ok(staged.path);
      assert.deepEqual(plain(staged.facts), plain(computeFacts(bytes)));
      rmSync(staged.path);
      await assert.rejects(findFactsOfFile(staged.path, bytes.length), { code: 'ENOENT' });
    }
    await writeSetting('storage.fileThresholdBytes', 65_536, 'test');
  });

  test('starts again after the database was closed', async () => {
    await findFacts(makeLong(50_000));
    await closeDatabase();
    assert.equal((await findFacts(makeLong(50_000))).subject, 'länger');
  });
});

describe('a message that brings its thread down', () => {
  const cases = [
    ['dies', 'X-Do: die\r\n'],
    ['throws', 'X-Do: throw\r\n'],
    ['never ends', 'X-Do: hang\r\n'],
  ] as const;
  for (const [name, field] of cases) {
    test(`gets minimal facts, others are not touched: the thread ${name}`, async () => {
      await closeDatabase();
      useThread('hanging-thread.ts');
      factsLimits.deadlineMs = 1500;
      const account = await makeAccount();
      const { id } = await mailboxOf(account, 'INBOX');
      try {
        const bytes = makeLong(40_000, field);
        const bad = makeMessage(bytes);
        const next = findFacts(makeLong(40_000));
        const message = await bad;
        Object.assign(factsLimits, usual);
        await appendMessages(account, id, [message]);
        const [row] = await readRendered(account, id, [1]);
        assert.match(String(row?.bodyStructure), /^\("application" "octet-stream"/i);
        assert.match(String(row?.envelope), /long@far\.test/);
        assert.deepEqual(await readBytes(row!), bytes);
        const parts = await readParts(row!);
        const whole = readSection(bytes, parts, { path: [1], kind: 'ALL', fields: [] });
        assert.deepEqual(whole, bytes.subarray(row!.header.length));
        assert.equal(row!.header.toString(), bytes.subarray(0, row!.header.length).toString());
        // The next one was handed to a thread of the same kind, or to the real one.
        assert.equal((await next).subject, 'länger');
        assert.deepEqual(
          plain(await findFacts(makeLong(40_000))),
          plain(computeFacts(makeLong(40_000))),
        );
      } finally {
        Object.assign(factsLimits, usual);
      }
    });
  }

  test('is taken apart here where the thread cannot start', async () => {
    await closeDatabase();
    useThread('no-such-thread.ts');
    try {
      const bytes = makeLong(60_000);
      assert.deepEqual(plain(await findFacts(bytes)), plain(computeFacts(bytes)));
    } finally {
      Object.assign(factsLimits, usual);
    }
  });
});

describe('minimal facts', () => {
  const cases: [string, Buffer][] = [
    [
      'a header of ten megabytes',
      Buffer.from(`Subject: x\r\n${'To: a@b.c,\r\n'.repeat(900_000)}\r\nhi`),
    ],
    ['no header', Buffer.from('\r\nhello')],
    ['no body', Buffer.from('Subject: x')],
    ['nothing', Buffer.alloc(0)],
    ['one endless line', Buffer.alloc(200_000, 'x')],
  ];
  for (const [name, bytes] of cases) {
    test(name, () => {
      const facts = minimalFacts(bytes, bytes.length);
      const { header, parts } = facts;
      assert.equal(header.length, parts.bodyStart);
      assert.ok(header.equals(bytes.subarray(0, header.length)));
      assert.equal(parts.bodyEnd, bytes.length);
      assert.ok(facts.envelope.length > 0 && facts.envelope.length < 100_000);
    });
  }
});

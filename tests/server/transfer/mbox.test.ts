// mbox files: where messages begin, what their fields say, and files that lie.
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FLAG } from '#server/store/flags.ts';
import { type MboxSpan, scanMbox } from '#server/transfer/mbox-scan.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { makeAccount } from '../store/fixture.ts';
import {
  type Folder,
  hashOf,
  holdings,
  importFrom,
  makeFolder,
  subjectsOf,
  text,
  toCrlf,
  writeFile,
} from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: Folder;
let files = 0;
before(async () => {
  database = await openTestDatabase();
  folder = makeFolder();
});
after(async () => {
  await database.close();
  folder.remove();
});

const from = 'From a@example.org Wed Jul  1 10:00:00 2020\n';

/** Imports a file as INBOX of a new account, and returns the account. */
async function take(content: string | Buffer, format?: string): Promise<string> {
  const accountId = await makeAccount();
  const path = join(folder.path, `take${files++}`, 'mbox');
  writeFile(path, content);
  await importFrom(accountId, path, { format });
  return accountId;
}

async function spans(content: string): Promise<string[]> {
  const path = join(folder.path, `scan${files++}`);
  writeFile(path, content);
  const file = await open(path);
  try {
    const found: MboxSpan[] = [];
    for await (const span of scanMbox(file, content.length, true)) found.push(span);
    return found.map(({ start, end }) => content.slice(start, end));
  } finally {
    await file.close();
  }
}

describe('the messages of an mbox file', () => {
  const cases: [string, string, string[]][] = [
    ['nothing', '', []],
    ['one', `${from}${text('a')}\n`, [text('a')]],
    ['two', `${from}${text('a')}\n${from}${text('b')}\n`, [text('a'), text('b')]],
    ['no empty line at the end', `${from}${text('a')}`, [text('a')]],
    [
      'CRLF',
      toCrlf(`${from}${text('a')}\n${from}${text('b')}\n`),
      [toCrlf(text('a')), toCrlf(text('b'))],
    ],
    ['an empty one', `${from}\n${from}${text('b')}\n`, ['', text('b')]],
    ['rubbish before the first', `x\n\n${from}${text('a')}\n`, [text('a')]],
    [
      '"From" in a paragraph',
      `${from}A: b\n\nx\nFrom here on 10:00 2020\n\n`,
      ['A: b\n\nx\nFrom here on 10:00 2020\n'],
    ],
    [
      '"From" without a date',
      `${from}A: b\n\nx\n\nFrom the start\n\n`,
      ['A: b\n\nx\n\nFrom the start\n'],
    ],
    [
      "Thunderbird's bare lines",
      `From - \nA: b\n\nx\n\nFrom \nC: d\n\ny\n\n`,
      ['A: b\n\nx\n', 'C: d\n\ny\n'],
    ],
    ['only the line', from, ['']],
  ];
  for (const [reason, content, wanted] of cases) {
    it(`are found: ${reason}`, async () => assert.deepEqual(await spans(content), wanted));
  }

  it('are found across blocks of the file', async () => {
    const messages = Array.from({ length: 60 }, (_, at) =>
      text(`m${at}`, `${'x'.repeat(70)}\n`.repeat(37 * at)),
    );
    const big = `${from}${messages.join(`\n${from}`)}\n`;
    assert.deepEqual((await spans(big)).map(hashOf), messages.map(hashOf));
  });

  it('are found behind a large one', async () => {
    const large = text('large', `${'y'.repeat(99)}\n`.repeat(30_000));
    const content = `${from}${large}\n${from}${text('b')}\n`;
    assert.deepEqual(
      (await spans(content)).map((one) => one.length),
      [large.length, text('b').length],
    );
  });
});

describe('Content-Length', () => {
  const counted = (subject: string, body: string, length = body.length) =>
    `${from}Subject: ${subject}\nContent-Length: ${length}\n\n${body}\n`;

  it('is believed where it is honest, and then nothing is unquoted that is not quoted', async () => {
    const accountId = await take(counted('a', `x\n\n${from}y\n>From z\n`) + counted('b', 'c\n'));
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['a', 'b']);
    const { INBOX } = await holdings(accountId);
    assert.equal(
      INBOX?.messages[0]?.hash,
      hashOf(toCrlf(`Subject: a\n\nx\n\n${from}y\n>From z\n`)),
    );
  });

  it('is not believed where it lies', async () => {
    for (const length of [0, 1, 5, 4_000_000, 10 ** 14]) {
      const accountId = await take(counted('a', 'xyz\n', length) + counted('b', 'c\n'));
      assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['a', 'b'], String(length));
    }
  });

  it('hides no message where the file does not count', async () => {
    const second = `${from}Subject: b\n\nc\n\n`;
    const body = 'x\n';
    const lie = `${from}Subject: liar\nContent-Length: ${body.length + 1 + second.length}\n\n${body}\n`;
    const accountId = await take(
      `${from}Subject: a\n\nb\n\n${lie}${second}${from}Subject: c\n\nd\n\n`,
    );
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['a', 'liar', 'b', 'c']);
  });
});

describe('fields of other programs', () => {
  it('become flags, keywords and UIDs, and leave the message', async () => {
    const accountId = await take(
      `${from}X-IMAPbase: 1138036580 0000000009 $Label1 work\nStatus: RO\nX-Status: AFT\nX-Keywords: $Label1 work\nX-UID: 3\n${text('a')}\n` +
        `${from}Status: O\nX-Status: D\nX-UID: 7\n${text('b')}\n`,
    );
    const { INBOX } = await holdings(accountId);
    assert.deepEqual([INBOX?.uidValidity, INBOX?.uidNext], [1138036580, 10]);
    assert.deepEqual(
      INBOX?.messages.map(({ uid, flags, keywords, hash }) => [uid, flags, keywords, hash]),
      [
        [
          3,
          FLAG.seen | FLAG.answered | FLAG.flagged | FLAG.draft,
          '$Label1 work',
          hashOf(toCrlf(text('a'))),
        ],
        [7, FLAG.deleted, '', hashOf(toCrlf(text('b')))],
      ],
    );
    assert.equal(INBOX?.messages[0]?.date, '2020-07-01T10:00:00.000Z');
  });

  it("of UW-IMAP's own message are no mail", async () => {
    const accountId = await take(
      `${from}Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1138036580 0000000001\nStatus: RO\n\nThis text is part of the internal format.\n\n${from}${text('a')}\n`,
    );
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['a']);
    assert.equal((await holdings(accountId)).INBOX?.uidValidity, 1138036580);
  });

  it('of Thunderbird say what was deleted', async () => {
    const mozilla = (status: string, subject: string) =>
      `From - Wed Jul  1 10:00:00 2020\nX-Mozilla-Status: ${status}\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1                \n${text(subject)}\n`;
    const accountId = await take(
      mozilla('0001', 'a') + mozilla('0009', 'gone') + mozilla('1006', 'b'),
    );
    const { INBOX } = await holdings(accountId);
    assert.deepEqual(
      INBOX?.messages.map(({ subject, flags, keywords }) => [subject, flags, keywords]),
      [
        ['a', FLAG.seen, '$label1'],
        ['b', FLAG.answered | FLAG.flagged, '$Forwarded $label1'],
      ],
    );
  });

  it('quote as the format says', async () => {
    const body = '>From a\n>>From b\n';
    const rd = await take(`${from}${text('a', body)}\n`);
    const o = await take(`${from}${text('a', body)}\n`, 'mboxo');
    const cl2 = await take(`${from}${text('a', body)}\n`, 'mboxcl2');
    const hash = async (accountId: string) => (await holdings(accountId)).INBOX?.messages[0]?.hash;
    assert.equal(await hash(rd), hashOf(toCrlf(text('a', 'From a\n>From b\n'))));
    assert.equal(await hash(o), hashOf(toCrlf(text('a', 'From a\n>>From b\n'))));
    assert.equal(await hash(cl2), hashOf(toCrlf(text('a', body))));
  });
});

describe('trees of mbox files', () => {
  it('of Thunderbird, UW-IMAP and Apple Mail become mailboxes', async () => {
    const root = join(folder.path, 'tree');
    const one = (subject: string) => `${from}${text(subject)}\n`;
    writeFile(join(root, 'Inbox'), one('in'));
    writeFile(join(root, 'Inbox.msf'), 'x');
    writeFile(join(root, 'Inbox.sbd', 'Kunden'), one('kunde'));
    writeFile(join(root, 'Empty'), '');
    writeFile(join(root, 'sent-mail'), one('sent'));
    writeFile(join(root, 'Entw&APw-rfe'), one('draft'));
    writeFile(join(root, 'lists', 'a', 'b'), one('deep'));
    writeFile(join(root, 'Old.mbox', 'mbox'), one('apple'));
    writeFile(join(root, 'notes'), 'no mail\n');
    writeFile(join(root, '.mailboxlist'), 'mail/lists/a/b\nEmpty\n');
    const accountId = await makeAccount();
    const result = await importFrom(accountId, root);
    const held = await holdings(accountId);
    const found = Object.entries(held).map(([name, { messages }]) => [
      name,
      ...messages.map(({ subject }) => subject),
    ]);
    assert.deepEqual(Object.fromEntries(found.map(([name, ...subjects]) => [name, subjects])), {
      ...{ INBOX: ['in'], Drafts: ['draft'], Sent: ['sent'], Junk: [], Trash: [], Archive: [] },
      ...{ Empty: [], 'INBOX/Kunden': ['kunde'], lists: [], 'lists/a': [], 'lists/a/b': ['deep'] },
      Old: ['apple'],
    });
    assert.equal(held['lists/a/b']?.isSubscribed, true);
    assert.equal(held.Empty?.isSubscribed, true);
    assert.equal(held.Old?.isSubscribed, false);
    assert.deepEqual(
      result.problems.map(({ where, text: said }) => [where.slice(root.length), said]),
      [['/notes', 'is no mbox file']],
    );
  });

  it('of one file becomes the mailbox of its name, and comes once', async () => {
    const path = join(folder.path, 'Projekt X.mbox');
    writeFile(path, `${from}${text('a')}\n${from}${text('a')}\n${from}${text('b')}\n`);
    const accountId = await makeAccount();
    assert.equal((await importFrom(accountId, path)).messages, 3);
    // Somebody reads in it: the fields change, the messages do not.
    writeFile(
      path,
      `${from}Status: RO\n${text('a')}\n${from}${text('a')}\n${from}${text('b')}\n${from}${text('c')}\n`,
    );
    const second = await importFrom(accountId, path);
    assert.deepEqual([second.messages, second.known], [1, 3]);
    assert.deepEqual(await subjectsOf(accountId, 'Projekt X'), ['a', 'a', 'b', 'c']);
  });
});

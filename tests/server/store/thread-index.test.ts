// The columns that THREAD is made of: from headers as they come, remembered, and true after every change.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runSteps } from '#lib/mail/steps.ts';
import { buildThreads } from '#lib/mail/thread.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { hashText, readReferences } from '#server/store/message-references.ts';
import { sortMessages } from '#server/store/search/sort.ts';
import { readThreadColumns } from '#server/store/search/thread-index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount } from './fixture.ts';

const references: [why: string, header: string, ids: string[]][] = [
  ['References before In-Reply-To', 'In-Reply-To: <z>\nReferences: <a> <b>\n', ['<a>', '<b>']],
  ['only the first of In-Reply-To', 'In-Reply-To: <a> text <b>\n', ['<a>']],
  ['References without any id', 'References: none\nIn-Reply-To: your mail <a@b>\n', ['<a@b>']],
  ['folded, in any case', 'REFERENCES:\n <a>\n\t<b>\nSubject: x\n', ['<a>', '<b>']],
  ['blanks before the colon', 'References : <a>\n', ['<a>']],
  ['quotes change nothing', 'References: <"a\\b"@c>\n', ['<ab@c>']],
  ['no space between', 'References: <a><b>junk<c\n', ['<a>', '<b>']],
  ['not in a line that goes on', 'Subject: x\n References: <a>\n', []],
  ['none', 'Subject: <a>\n', []],
  [
    'of many the first and the last ones',
    `References: ${Array.from({ length: 1000 }, (_unused, at) => `<${at}>`).join(' ')}\n`,
    ['<0>', ...Array.from({ length: 49 }, (_unused, at) => `<${951 + at}>`)],
  ],
];

describe('references of a header', () => {
  for (const [why, header, ids] of references) {
    it(why, () => {
      assert.deepEqual(readReferences(Buffer.from(header.replaceAll('\n', '\r\n'))), ids);
    });
  }

  it('reads a million ids in one line', () => {
    const header = Buffer.from(`References: ${'<x>'.repeat(1_000_000)}\r\n`);
    assert.equal(readReferences(header).length, 50);
  });

  it('gives different texts different numbers, and the empty one none', () => {
    assert.equal(hashText(''), 0);
    const numbers = new Set(Array.from({ length: 20_000 }, (_unused, at) => hashText(`<${at}@x>`)));
    assert.equal(numbers.size, 20_000);
    for (const number of numbers) assert.ok(Number.isSafeInteger(number) && number > 0);
    assert.equal(hashText('<1@x>'), hashText('<1@x>'));
  });
});

describe('the index of threads', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let account: string;
  let box: string;
  before(async () => {
    database = await openTestDatabase();
    account = await makeAccount();
    box = (await mailboxOf(account, 'INBOX')).id;
  });
  after(() => database.close());

  const text = (id: string, refs = '', subject = id) =>
    `Message-ID: <${id}>\n${refs ? `References: ${refs}\n` : ''}Subject: ${subject}\n\nx`;

  async function thread(uids: number[]): Promise<[number[], Record<number, number[]>]> {
    const { uids: found, columns } = await readThreadColumns(account, box, uids);
    assert.equal(columns.size, found.length);
    const { roots, children } = runSteps(buildThreads(columns, 'REFERENCES'));
    const toUid = (node: number) => found[node] ?? 0;
    return [
      roots.map(toUid),
      Object.fromEntries([...children].map(([node, list]) => [toUid(node), list.map(toUid)])),
    ];
  }

  it('follows what comes and goes', async () => {
    await appendTexts(account, box, [text('a'), text('b', '<a>'), text('c', '<a> <b>')]);
    assert.deepEqual(await thread([1, 2, 3]), [[1], { 1: [2], 2: [3] }]);
    assert.deepEqual(await thread([1, 2, 3]), [[1], { 1: [2], 2: [3] }]);
    // A part of it, then more than is remembered.
    assert.deepEqual(await thread([1, 3]), [[1], { 1: [3] }]);
    await appendTexts(account, box, [text('d', '<b>'), text('e', '', 'Re: d')]);
    assert.deepEqual(await thread([1, 2, 3, 4, 5]), [[1, 5], { 1: [2], 2: [3, 4] }]);
    assert.deepEqual(await thread([5]), [[5], {}]);
    await removeMessages(account, box, [2]);
    assert.deepEqual(await thread([1, 3, 4, 5]), [[1, 5], { 1: [3, 4] }]);
    await appendTexts(account, box, [text('f', '<c>')]);
    assert.deepEqual(await thread([1, 3, 6]), [[1], { 1: [3], 3: [6] }]);
    assert.deepEqual(await thread([]), [[], {}]);
    assert.deepEqual(await thread([99]), [[], {}]);
  });

  it('is nothing for another account', async () => {
    const stranger = await makeAccount();
    await assert.rejects(readThreadColumns(stranger, box, [1]), { reason: 'not-found' });
  });

  it('stops when the client is gone, as sorting does', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    const other = (await mailboxOf(account, 'Archive')).id;
    const uids = await appendTexts(account, other, [text('x'), text('y')]);
    await assert.rejects(readThreadColumns(account, other, uids, gone), /gone/);
    const keys = [{ key: 'subject', isReverse: false } as const];
    await assert.rejects(sortMessages(account, other, uids, keys, gone), /gone/);
  });
});

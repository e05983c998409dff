// FETCH of a whole mailbox says what it says of a few messages, whichever way it is made: from the roll, from
// columns, or message by message.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const count = 620;

let server: ImapServer;
let client: LineClient;
let account: string;
let inbox: string;

before(async () => {
  server = await openImapServer();
  const { id, address } = await server.addUser('lists');
  client = connectLines(server.port);
  await client.expect(/^\* OK /);
  await client.ask(`l LOGIN ${address} "${password}"`, /^l OK .*\r\n$/m);
  account = id;
  inbox = (await findMailbox(id, 'INBOX'))?.id ?? '';
  const messages = [];
  for (let index = 0; index < count; index++) {
    const text = `Subject: number ${index}\r\n${index % 2 ? 'X-Odd: yes\r\n' : ''}\r\n${index}\r\n`;
    messages.push({
      body: await stageBytes(Buffer.from(text)),
      prefix: Buffer.from(index % 3 === 0 ? 'Received: here\r\n' : ''),
      flags: index % 4,
      keywords: index % 5 === 0 ? ['$Label1'] : index % 7 === 0 ? ['a', 'b'] : [],
      internalDate: new Date(Date.UTC(2026, index % 12, 1 + (index % 28), index % 24)),
    });
  }
  await appendMessages(account, inbox, messages);
  await client.ask('e EXAMINE INBOX', /^e OK .*\r\n$/m);
});
after(async () => {
  client.close();
  await server.close();
});

/** Answers of FETCH, in pieces of a few messages or all at once. */
async function fetchAll(items: string, atOnce: number, total = count): Promise<string> {
  let answers = '';
  for (let first = 1; first <= total; first += atOnce) {
    const last = Math.min(total, first + atOnce - 1);
    const answer = await client.ask(`f FETCH ${first}:${last} ${items}`, /^f OK .*\r\n$/m);
    answers += answer.replace(/f OK .*\r\n$/, '');
  }
  return answers;
}

describe('lists of a mailbox', () => {
  for (const items of ['(FLAGS)', '(UID FLAGS MODSEQ)', 'UID', '(MODSEQ)']) {
    it(`${items}: from the roll as from rows`, async () => {
      const all = await fetchAll(items, count);
      assert.equal(all, await fetchAll(items, 100));
      assert.equal(all.split('\r\n').length - 1, count);
    });
  }

  // PREVIEW is none of the columns, so what stands beside it is made message by message.
  const others = [
    'UID',
    'FLAGS',
    'MODSEQ',
    'INTERNALDATE',
    'SAVEDATE',
    'RFC822.SIZE',
    'EMAILID',
    'THREADID',
    'ENVELOPE',
    'BODY',
    'BODYSTRUCTURE',
    'BODY.PEEK[HEADER]',
    'BODY.PEEK[HEADER.FIELDS (SUBJECT X-ODD RECEIVED)]',
    'BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT)]',
    'BODY.PEEK[HEADER.FIELDS (NOTHING)]',
  ];
  it('columns as message by message', async () => {
    const items = others.join(' ');
    const listed = await fetchAll(`(${items})`, count);
    const single = await fetchAll(`(${items} PREVIEW)`, count);
    assert.equal(listed, single.replaceAll(/ PREVIEW "[^"]*"\)\r\n/g, ')\r\n'));
  });

  it('flags that another session has just changed', async () => {
    const uids = Array.from({ length: 200 }, (_, index) => 100 + 2 * index);
    const change = { mode: 'add', flags: FLAG.flagged, keywords: [] } as const;
    await changeFlags(account, inbox, uids, { ...change, keywords: [] });
    await client.ask('n NOOP', /^n OK .*\r\n$/m);
    const all = await fetchAll('(FLAGS)', count);
    assert.equal(all, await fetchAll('(FLAGS)', 100));
    assert.equal(all.match(/\\Flagged/g)?.length, 200);
  });
});

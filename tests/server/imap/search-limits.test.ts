// Searches that cost much: how far they may go, and that nobody else waits for them (imap.md part 7).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { appendTexts, mailboxOf } from '#tests/server/store/fixture.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const messages = 3000;

describe('searches that cost much', () => {
  let server: ImapServer;
  let address: string;
  const clients: LineClient[] = [];

  before(async () => {
    server = await openImapServer();
    const user = await server.addUser('costly');
    address = user.address;
    await ensureMailboxes(user.id);
    const inbox = await mailboxOf(user.id, 'INBOX');
    // One thread, in which each answers two others, in circles.
    const texts = Array.from(
      { length: messages },
      (_unused, at) =>
        `Message-ID: <${at}@x>\nReferences: <${(at * 7919) % messages}@x> <${(at * 31 + 1) % messages}@x>\n` +
        `Subject: ${at % 3 === 0 ? 'Re: ' : ''}topic ${at % 50}\n\ntext ${at}`,
    );
    await appendTexts(user.id, inbox.id, texts);
  });
  after(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  async function open(): Promise<LineClient> {
    const client = connectLines(server.port);
    clients.push(client);
    await client.expect(/\* OK/);
    await client.ask(`a LOGIN ${address} "${password}"`, /a OK/);
    await client.ask('b SELECT INBOX', /b OK/);
    return client;
  }

  const limits: [why: string, program: string, answer: RegExp][] = [
    [
      'OR 1,000 deep',
      `${'OR SUBJECT zz '.repeat(3)}${'OR SEEN '.repeat(997)}1`,
      /SEARCH 1\r\nx OK/,
    ],
    ['OR deeper', `${'OR SEEN '.repeat(1001)}1`, /x BAD/],
    ['NOT 1,000 times', `${'NOT '.repeat(1000)}1`, /SEARCH 1\r\nx OK/],
    ['NOT more often', `${'NOT '.repeat(1001)}1`, /x BAD/],
    ['100 parentheses', `${'('.repeat(100)}1${')'.repeat(100)}`, /SEARCH 1\r\nx OK/],
    ['more of them', `${'('.repeat(102)}1${')'.repeat(102)}`, /x BAD/],
    ['parentheses and operators', `${'(NOT '.repeat(100)}1${')'.repeat(100)}`, /SEARCH 1\r\nx OK/],
    ['2,400 keys', `${'ALL '.repeat(2399)}1`, /SEARCH 1\r\nx OK/],
    ['more keys', `${'ALL '.repeat(2600)}1`, /x BAD/],
    ['200 texts', `${'BODY text '.repeat(200)}UID 7`, /SEARCH 7\r\nx OK/],
    ['a text without end', `SUBJECT ${'y'.repeat(2000)}`, /x NO \[LIMIT\]/],
    ['1,000 literals', `${'SUBJECT {5+}\r\ntopic '.repeat(900)}UID 7`, /SEARCH 7\r\nx OK/],
    ['too many literals', `${'SUBJECT {1+}\r\na '.repeat(1001)}1`, /x BAD \[TOOBIG\]/],
    ['8,000 ranges', `${'1:*,'.repeat(7999)}2`, /SEARCH 1 2 3 .*\r\nx OK/],
    ['ranges that span much', 'UID 2:4294967295', /SEARCH 2 3 4 .*\r\nx OK/],
    ['a flag list that is none', 'KEYWORD (', /x BAD/],
  ];
  for (const [why, program, answer] of limits) {
    it(`${why}; the session lives`, async () => {
      const client = await open();
      await client.ask(`x SEARCH ${program}`, answer);
      await client.ask('y NOOP', /y OK/);
      client.close();
    });
  }

  const costly: [name: string, command: string][] = [
    ['SEARCH of many flags', `SEARCH RETURN (COUNT) ${'OR FLAGGED '.repeat(1000)}ANSWERED`],
    [
      'SEARCH of texts',
      'SEARCH RETURN (COUNT) OR BODY "nowhere" OR TEXT "no such" HEADER X-None "a"',
    ],
    ['SORT', 'SORT (REVERSE SUBJECT DISPLAYFROM) UTF-8 ALL'],
    ['THREAD', 'THREAD REFERENCES UTF-8 ALL'],
  ];
  const listed: [name: string, command: string][] = [
    ['SORT by two keys of some', 'SORT (FROM SUBJECT) UTF-8 UNSEEN'],
    ['FETCH of all', 'FETCH 1:* (UID FLAGS ENVELOPE)'],
    ['FETCH of all messages', 'FETCH 1:* (BODY.PEEK[])'],
    ['FETCH of texts', 'FETCH 1:* (BODY.PEEK[TEXT])'],
  ];
  for (const [name, command] of costly.slice(0, 2)) {
    it(`lets others in while it does ${name}`, async () => {
      const [client, other] = [await open(), await open()];
      const order: string[] = [];
      const search = client.ask(`x ${command}`, /^x OK/m).then(() => order.push('search'));
      await other.ask('n NOOP', /n OK/).then(() => order.push('noop'));
      await search;
      assert.deepEqual(order, ['noop', 'search']);
      client.close();
      other.close();
    });
  }

  // A clock that moves by a fifth of a millisecond at each look, and nothing else: whoever works on without looking at
  // it, or without giving way, lets no turn of the event loop pass meanwhile.
  for (const [name, command] of [...costly, ...listed]) {
    it(`gives way at least each 20 ms in ${name}`, async (test) => {
      const client = await open();
      let clockMs = 0;
      let last = 0;
      let longest = 0;
      let turns = 0;
      let isOver = false;
      const watch = () => {
        longest = Math.max(longest, clockMs - last);
        last = clockMs;
        turns++;
        if (!isOver) setImmediate(watch);
      };
      test.mock.method(performance, 'now', () => {
        clockMs += 0.2;
        return clockMs;
      });
      watch();
      await client.ask(`x ${command}`, /^x OK/m);
      isOver = true;
      assert.ok(longest < 20, `${longest} ms without a turn`);
      assert.ok(turns > clockMs / 20);
      client.close();
    });
  }

  it('answers each message of one thread once, circles or not', async () => {
    const client = await open();
    for (const algorithm of ['REFERENCES', 'REFS', 'ORDEREDSUBJECT']) {
      const answer = await client.ask(`x UID THREAD ${algorithm} UTF-8 ALL`, /^x OK/m);
      const numbers = /\* THREAD (.*)\r\n/.exec(answer)?.[1]?.match(/\d+/g) ?? [];
      assert.equal(numbers.length, messages);
      assert.equal(new Set(numbers).size, messages);
    }
  });

  it('survives clients that leave in the middle', async () => {
    for (const [, command] of costly) {
      const client = await open();
      client.say(`x ${command}`);
      client.close();
    }
    const client = await open();
    await client.ask('y UID SEARCH UID 7', /SEARCH 7\r\ny OK/);
  });
});

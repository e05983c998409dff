// FETCH of lists that were asked for before (fetch-memory.ts), and of whole messages of every size: the same octets
// each time, with the flags and the messages of now.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findUid, findUidFrom } from '#server/store/uid-list.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const sizes = [0, 1, 3000, 63 * 1024, 64 * 1024, 65 * 1024, 300 * 1024];
const list =
  '(UID FLAGS RFC822.SIZE INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (SUBJECT)] MODSEQ)';
const line = '0123456789abcd\r\n';

const messages = sizes.map(
  (bytes, index) => `Subject: s${index}\r\n\r\n${line.repeat(bytes / 16 + 1).slice(0, bytes)}`,
);

describe('FETCH, again', () => {
  let server: ImapServer;
  let client: LineClient;
  let other: LineClient;
  let tags = 0;

  const ask = (from: LineClient, command: string): Promise<string> => {
    const tag = `t${++tags}`;
    return from.ask(`${tag} ${command}`, new RegExp(`(^|\\n)${tag} OK[^\\n]*\\n$`));
  };
  /** Without the tagged line. */
  const fetch = async (set: string) =>
    (await ask(client, `FETCH ${set} ${list}`)).replace(/t\d+ OK.*\r\n$/, '');

  before(async () => {
    server = await openImapServer();
    const { address } = await server.addUser('again');
    client = connectLines(server.port);
    other = connectLines(server.port);
    for (const one of [client, other]) {
      await one.expect(/^\* OK/);
      await ask(one, `LOGIN ${address} "${password}"`);
    }
    for (const message of messages) {
      await ask(client, `APPEND INBOX {${message.length}+}\r\n${message}`);
    }
    for (const one of [client, other]) await ask(one, 'SELECT INBOX');
  });

  after(async () => {
    client.close();
    other.close();
    await server.close();
  });

  it('tells the same, part by part or all at once', async () => {
    const some = await fetch('2:3');
    const all = await fetch('1:*');
    assert.ok(all.includes(some));
    assert.equal(await fetch('1:*'), all);
    assert.equal(all.match(/^\* \d+ FETCH/gm)?.length, sizes.length);
  });

  it('tells flags as they are, and reads on what another session has expunged (RFC 2180 §4.1.1)', async () => {
    const before = await fetch('1:3');
    await ask(other, 'STORE 2 +FLAGS.SILENT (\\Flagged \\Deleted word)');
    assert.match(
      await fetch('2'),
      /^\* 2 FETCH \(UID 2 FLAGS \(\\Flagged \\Deleted word[^)]*\) RFC822/m,
    );
    await ask(other, 'EXPUNGE');
    const after = await fetch('1:3');
    const strip = (text: string) =>
      text
        .replace(/^\* (\d+ FETCH \(UID \d+ MODSEQ|FLAGS|OK|\d+ EX).*\n/gm, '')
        .replace(/FLAGS \([^)]*\)|MODSEQ \(\d+\)/g, '');
    assert.equal(strip(after).trim(), strip(before).trim());
    await ask(client, 'NOOP');
    assert.doesNotMatch(await fetch('1:*'), /UID 2 /);
  });

  it('gives whole messages of every size as they came', async () => {
    const answer = await ask(client, 'UID FETCH 1:* (BODY.PEEK[] FLAGS RFC822.SIZE)');
    for (const [index, message] of messages.entries()) {
      if (index === 1) continue;
      const told = `BODY[] {${message.length}}\r\n${message} FLAGS`;
      assert.ok(answer.includes(`(UID ${index + 1} ${told}`), `message ${index + 1}`);
    }
    assert.equal(await ask(client, 'NOOP').then((text) => /FETCH/.test(text)), false);
  });
});

describe('a place in a list', () => {
  it('is found from anywhere', () => {
    const uids = Uint32Array.from({ length: 60 }, (_unused, index) => 3 * index + 2);
    for (let uid = 0; uid < 190; uid++) {
      const place = findUid(uids, uid);
      for (let from = 0; from <= uids.length + 1; from++) {
        assert.equal(findUidFrom(uids, uid, from), place, `${uid} from ${from}`);
      }
    }
    assert.equal(findUidFrom(new Uint32Array(0), 5, 0), 0);
  });
});

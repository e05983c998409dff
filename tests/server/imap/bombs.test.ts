// MIME and header bombs over IMAP (research part 7: CVE-2020-12100, CVE-2024-23184, CVE-2024-23185, CVE-2026-26312,
// CVE-2026-27859): each is stored and described within seconds, what is said of it is valid and small, the bytes come
// back as they were, and others are served meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBody, checkEnvelope, readImap } from '#tests/lib/mail/imap-reader.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';

/** Of the processor's time, the client's with it: the pass condition is 2 s a message. */
const patienceMs = 15_000;
/** More than this nothing may say of itself: 10,000 parts of a few hundred bytes. */
const answerLimitBytes = 4 * 2 ** 20;

describe('bombs over IMAP', () => {
  let server: ImapServer;
  const clients: LineClient[] = [];
  before(async () => {
    server = await openImapServer();
  });
  after(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  async function open(name: string): Promise<LineClient> {
    const { address } = await server.addUser(name);
    const client = connectLines(server.port);
    clients.push(client);
    await client.expect(/OK/);
    await client.ask(`in LOGIN ${address} "${password}"`, /in OK/);
    return client;
  }

  /** What stands behind `item` up to `next` in the answer to a FETCH. */
  function cut(answer: string, item: string, next: string): Buffer {
    const start = answer.indexOf(` ${item} `) + item.length + 2;
    return Buffer.from(answer.slice(start, answer.indexOf(next, start)), 'latin1');
  }

  for (const [at, [what, make]] of mimeBombs.entries()) {
    it(what, async () => {
      const [client, other] = [await open(`bomb${at}`), await open(`other${at}`)];
      const bytes = make();
      const started = process.cpuUsage();
      client.say(`a APPEND INBOX {${bytes.length}+}\r\n${bytes}`);
      const appended = client.expect(/^a OK/m);
      for (let count = 0; count < 20; count++) await other.ask('n NOOP', /^n OK/m);
      await appended;
      await client.ask('b SELECT INBOX', /^b OK/m);
      const answer = await client.ask(
        'c FETCH 1 (ENVELOPE BODYSTRUCTURE BODY RFC822.SIZE)',
        /^c OK Fetch/m,
      );
      const { user, system } = process.cpuUsage(started);
      assert.ok(user + system < 1000 * patienceMs);
      assert.ok(answer.length < answerLimitBytes, `${answer.length} bytes`);
      checkEnvelope(readImap(cut(answer, '(ENVELOPE', ' BODYSTRUCTURE (')));
      checkBody(readImap(cut(answer, 'BODYSTRUCTURE', ' BODY (')), true);
      checkBody(readImap(cut(answer, 'BODY', ' RFC822.SIZE ')), false);
      assert.match(answer, new RegExp(` RFC822.SIZE ${bytes.length}\\)`));
      for (const section of ['1.1.1.1', '1.MIME', 'HEADER', 'HEADER.FIELDS (To Subject)']) {
        await client.ask(`d FETCH 1 BODY.PEEK[${section}]<0.1000>`, /^d OK/m);
      }
      for (const program of ['SUBJECT x', 'TO a@b.example', 'BODY x', 'HEADER X-A x']) {
        await client.ask(`e SEARCH ${program}`, /^e OK/m);
      }
      await client.ask('f THREAD REFERENCES UTF-8 ALL', /^f OK/m);
    });
  }
});

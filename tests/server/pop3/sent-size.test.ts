// Sizes are of what is sent (RFC 1939 §5, §11), of messages too that APPEND brought incomplete and of headers that are
// downgraded. Pure: every short message; then the dialogue in both modes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isInLineForm } from '#lib/mail/line-form.ts';
import { countSentOctets, shapeMessage } from '#server/pop3/shape.ts';
import { createStuffer } from '#server/pop3/stuffing.ts';
import { changeFlags } from '#server/store/flags.ts';
import { ask, askLines, deliver, type Fixture, inboxOf, openFixture, password } from './fixture.ts';

/** What leaves for a message, without the dots that are stuffed and the one that ends the reply. */
function send(shaped: Buffer): string {
  const stuffer = createStuffer();
  const sent = Buffer.concat([stuffer.push(shaped), stuffer.finish()]).toString('latin1');
  return sent.slice(0, -3).replace(/(^|\n)\./g, '$1');
}

describe('every message of seven octets', () => {
  const octets = ['\r', '\n', '.', 'a'];

  it('is counted as it is sent, and stored as it is sent where it is in line form', () => {
    let whole = 0;
    for (let number = 0; number < 4 ** 7; number++) {
      let text = '';
      for (let rest = number, i = 0; i < 7; i++, rest >>= 2) text += octets[rest & 3];
      const bytes = Buffer.from(text);
      const sent = send(shapeMessage(bytes, false));
      assert.equal(countSentOctets(shapeMessage(bytes, false)), sent.length, JSON.stringify(text));
      if (!isInLineForm(bytes)) continue;
      whole++;
      assert.equal(sent, text);
    }
    assert.ok(whole > 0);
  });
});

describe('line form', () => {
  const cases: [string, string, boolean][] = [
    ['a whole message', 'A: b\r\n\r\nc\r\n', true],
    ['UTF-8 in the body', 'A: b\r\n\r\ngrüß\r\n', true],
    ['no body', 'A: b\r\n\r\n', true],
    ['UTF-8 in the header', 'A: ü\r\n\r\nc\r\n', false],
    ['no last line end', 'A: b\r\n\r\nc', false],
    ['no blank line', 'A: b\r\n', false],
    ['a line feed alone', 'A: b\r\n\r\nc\nd\r\n', false],
    ['nothing', '', false],
  ];
  for (const [reason, text, expected] of cases) {
    it(reason, () => assert.equal(isInLineForm(Buffer.from(text)), expected));
  }
});

describe('STAT and LIST', () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await openFixture();
  });
  after(() => fixture.close());

  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const messages: [string, string, prefix?: string][] = [
    ['a whole message', 'A: b\r\n\r\n.c\r\n'],
    ['no last line end', 'Subject: one\r\n\r\n.text'],
    ['CR at the end', 'A: b\r\n\r\nc\r'],
    ['no blank line', 'Subject: two\r\n'],
    ['neither', 'Subject: three'],
    ['line feeds alone', 'A: b\n\nc\n.d\n'],
    ['UTF-8 in the header', utf8('Subject: Grüße\r\nTo: jörg@bücher.example\r\n\r\nc\r\n')],
    ['UTF-8 in the trace header', 'A: b\r\n\r\nc\r\n', 'Delivered-To: jörg@example.org\r\n'],
    ['NUL', utf8('Subject: \0ü\r\n\r\n\0')],
    ['more than a row takes', `Subject: large\r\n\r\n${'line\n'.repeat(60_000)}end`],
    ['nothing', ''],
  ];

  for (const isUtf8 of [false, true]) {
    it(`tell what RETR sends ${isUtf8 ? 'with' : 'without'} UTF8`, async () => {
      const account = await fixture.addUser();
      for (const [, text, prefix] of messages) await deliver(account, text, prefix);
      const client = await fixture.open();
      if (isUtf8) await ask(client, 'UTF8');
      await ask(client, `USER ${account.address}`);
      assert.match(await ask(client, `PASS ${password}`), /^\+OK/);
      const told = (await askLines(client, 'LIST')).slice(1);
      const sent: string[] = [];
      let total = 0;
      for (const [at, [reason]] of messages.entries()) {
        const [first, ...lines] = await askLines(client, `RETR ${at + 1}`);
        const octets = lines.reduce((sum, line) => sum + line.replace(/^\./, '').length + 2, 0);
        assert.equal(first, `+OK ${octets} octets`, reason);
        sent.push(`${at + 1} ${octets}`);
        total += octets;
      }
      assert.deepEqual(told, sent);
      assert.equal(await ask(client, 'STAT'), `+OK ${messages.length} ${total}`);
    });
  }

  it('tell the same after the flags became others', async () => {
    const account = await fixture.addUser(['Subject: one\r\n\r\ntext']);
    const { mailbox } = await inboxOf(account);
    const list = async () => ask(await fixture.logIn(account), 'LIST 1');
    for (const mode of ['set', 'add', 'remove'] as const) {
      const change = { mode, flags: 31, keywords: [] };
      await changeFlags(account.id, mailbox.id, [1], change);
      assert.equal(await list(), '+OK 1 22');
    }
    await changeFlags(account.id, mailbox.id, [1], { mode: 'set', flags: 0, keywords: ['a'] });
    assert.equal(await list(), '+OK 1 22');
  });
});

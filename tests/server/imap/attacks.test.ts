// Attacks on a signed-in session (research part 7) that no other file has: sets, names, keywords, literals in odd
// clothes. What strangers do is in floods.test.ts, searches in search-limits.test.ts, COMPRESS in compress.test.ts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

let server: ImapServer;
let users = 0;

before(async () => {
  server = await openImapServer();
});
after(() => server.close());

async function signIn(): Promise<LineClient> {
  const { address } = await server.addUser(`attack${++users}`);
  const client = connectLines(server.port);
  await client.expect(/OK/);
  await client.ask(`in LOGIN ${address} "${password}"`, /in OK/);
  return client;
}

async function append(client: LineClient, count: number): Promise<void> {
  const text = 'Subject: x\r\n\r\n';
  const messages = Array.from({ length: count }, () => `{${text.length}+}\r\n${text}`);
  await client.ask(`ap APPEND INBOX ${messages.join(' ')}`, /ap OK/);
}

describe('IMAP under attack', () => {
  it('answers each message once, however often a set names it', async () => {
    const client = await signIn();
    await append(client, 20);
    await client.ask('s SELECT INBOX', /s OK/);
    const set = Array.from({ length: 2000 }, () => '1:*').join(',');
    for (const command of [`FETCH ${set} UID`, `UID FETCH ${set},4294967295:* UID`]) {
      const answer = await client.ask(`f ${command}`, /^f (OK|BAD)/m);
      assert.equal(answer.match(/FETCH/g)?.length, 20, command.slice(0, 20));
    }
    const found = await client.ask(`g SEARCH ${set}`, /^g OK/m);
    assert.equal(found.split('\r\n')[0]?.split(' ').length, 22);
    assert.match(await client.ask(`h UID STORE ${set} +FLAGS.SILENT (\\Seen)`, /^h /m), /^h OK/m);
    assert.match(await client.ask('i UID FETCH 4294967295:* UID', /^i /m), /\* 20 FETCH/);
    const copied = await client.ask(`j COPY ${set} Archive`, /^j /m);
    assert.match(copied, /COPYUID \d+ 1:20 1:20\]/);
    client.close();
  });

  it('keeps its step with literals in odd clothes', async () => {
    const client = await signIn();
    const odd = ['{-1}', '{5 }', '{4294967296}', '{99999999999999999999}', '{}', '{+}', '{5++}'];
    odd.push('{5}x', '~{5+}\r\nINBOX', '{ 5}', '{0x5}', '{1e3}', '{5-}');
    for (const literal of odd) {
      assert.match(await client.ask(`a SELECT ${literal}`, /^a /m), /^a BAD/m, literal);
      assert.match(await client.ask('b NOOP', /^b /m), /^b OK/m, literal);
    }
    assert.match(await client.ask('c SELECT {0}', /^\+|^c/m), /^\+ /m);
    assert.match(await client.ask('', /^c /m), /^c NO/m);
    // A literal8 is one wherever it stands; that it does not belong there is said behind it.
    assert.match(await client.ask('l SELECT ~{5}', /^\+|^l/m), /^\+ /m);
    assert.match(await client.ask('INBOX', /^l /m), /^l BAD/m);
    assert.match(await client.ask('m NOOP', /^m /m), /^m OK/m);
    // RFC 3501 §9: number = 1*DIGIT, so noughts in front are no mistake.
    assert.match(await client.ask('d SELECT {005+}\r\nINBOX', /^d /m), /^d OK/m);
    assert.match(await client.ask('e NOOP', /^e /m), /^e OK/m);
    client.close();
  });

  it('refuses names that are none, and keeps the rest as data', async () => {
    const client = await signIn();
    const refused = ['', '/', '//', 'a//b', '/a', 'x'.repeat(2000), `${'a/'.repeat(200)}a`];
    for (const name of refused) {
      const answer = await client.ask(`a CREATE "${name}"`, /^a /m);
      assert.match(answer, /^a NO \[(CANNOT|LIMIT)\]/m, name.slice(0, 20));
    }
    for (const bytes of ['a\0b', 'a\rb', 'a\nb', 'a\r\nb', 'a\x07b']) {
      const answer = await client.ask(`b CREATE {${bytes.length}+}\r\n${bytes}`, /^b /m);
      assert.match(answer, /^b (NO|BAD)/m, JSON.stringify(bytes));
    }
    for (const name of ['.', '..', '../x', 'a\\b', '$(id)', "'; DROP TABLE x"]) {
      const quoted = name.replace(/["\\]/g, '\\$&');
      assert.match(await client.ask(`c CREATE "${quoted}"`, /^c /m), /^c OK/m, name);
      assert.match(await client.ask(`d STATUS "${quoted}" (MESSAGES)`, /^d /m), /^d OK/m, name);
    }
    client.close();
  });

  it('has one name for what looks alike in Unicode', async () => {
    const client = await signIn();
    const pairs = [
      ['é', 'e\u0301'],
      ['ü/ä', 'u\u0308/a\u0308'],
      ['가', '\u1100\u1161'],
    ];
    for (const [composed = '', parts = ''] of pairs) {
      const wire = (name: string) => `"${encodeRaw(name)}"`;
      assert.match(await client.ask(`a CREATE ${wire(composed)}`, /^a /m), /^a OK/m);
      assert.match(await client.ask(`b CREATE ${wire(parts)}`, /^b /m), /^b NO \[ALREADYEXISTS\]/m);
      assert.match(await client.ask(`c DELETE ${wire(parts)}`, /^c /m), /^c OK/m);
    }
    client.close();
  });

  it('says LIMIT to ten thousand keywords, and FLAGS stays small', async () => {
    const client = await signIn();
    await append(client, 1);
    await client.ask('s SELECT INBOX', /s OK/);
    let refused = 0;
    for (let from = 0; from < 10_000; from += 1000) {
      const words = Array.from({ length: 1000 }, (_, at) => `k${from + at}`).join(' ');
      const answer = await client.ask(`a STORE 1 +FLAGS.SILENT (${words})`, /^a /m);
      if (/^a NO \[LIMIT\]/m.test(answer)) refused++;
    }
    assert.equal(refused, 10);
    const flags = await client.ask('b SELECT INBOX', /^b OK/m);
    assert.ok(flags.length < 4000, `${flags.length} bytes`);
    client.close();
  });

  it('puts no value of a message or a name on a line of its own', async () => {
    const client = await signIn();
    const evil = [
      'Subject: =?utf-8?q?x=0D=0A*_9_EXPUNGE=0D=0Aa_OK?=',
      'From: "=?utf-8?b?DQoqIEJZRQ==?=" <a@example.test>',
      'Message-ID: <x\x0ba\x00y@example.test>',
      'Content-Type: text/plain; name="a\x01\\"b"; charset="x\ty"',
      'Content-Description: \xff\xfe "quoted" \\ {3}',
      '',
      'text',
    ].join('\r\n');
    await client.ask(`a APPEND INBOX {${evil.length}+}\r\n${evil}`, /^a OK/m);
    await client.ask('b SELECT INBOX', /^b OK/m);
    const answer = await client.ask(
      'c FETCH 1 (ENVELOPE BODYSTRUCTURE BODY PREVIEW)',
      /^c (OK|NO|BAD)/m,
    );
    assert.match(answer, /^\* 1 FETCH/);
    assert.doesNotMatch(answer, /^\* 9 EXPUNGE|^\* BYE|^a OK/m);
    assert.doesNotMatch(answer.replaceAll('\r\n', ''), /[\0-\x08\x0b\x0c\x0e-\x1f]/);
    assert.match(await client.ask('d NOOP', /^d /m), /^d OK/);
    client.close();
  });
});

/** Modified UTF-7 of the characters as they are, not composed first. */
function encodeRaw(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, (run) => {
    const utf16 = Buffer.from(run, 'utf16le').swap16();
    return `&${utf16.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

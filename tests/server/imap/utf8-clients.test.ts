// Clients that switch UTF-8 on: Python's imaplib when it is told to, imapflow by itself. Hostile names and headers split
// no reply. (imaplib's APPEND after that is not asked for: it puts "UTF8 (" into the message itself.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const run = promisify(execFile);
const hasPython = await run('python3', ['-c', 'import imaplib']).then(
  () => true,
  () => false,
);

/** Names as people may write them, and as an attacker would. */
const names = [
  'Grüße & Küsse',
  '日本語',
  'a"b\\c',
  '{3}',
  'NIL',
  '* 9 EXISTS',
  'İ',
  '&APw-',
  'x ) y (',
  '𐍈',
];

const message = Buffer.from(
  'Subject: grün ") {4}\r\nFrom: "Jürgen \\"x\\"" <jürgen@bücher.example>\r\n\r\ntext\0\r\n',
);

const script = `
import imaplib, sys, json
m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1])); m.login(sys.argv[2], sys.argv[3])
r = m.append("INBOX", None, None, bytes.fromhex(sys.argv[5])); assert r[0] == "OK", r
assert m.enable("UTF8=ACCEPT")[0] == "OK"
for name in json.loads(sys.argv[4]):
    quoted = '"' + name.replace("\\\\", "\\\\\\\\").replace('"', '\\\\"') + '"'
    r = m.create(quoted); assert r[0] == "OK", r
    r = m.status(quoted, "(MESSAGES)"); assert r[0] == "OK" and r[1][0].endswith(b"(MESSAGES 0)"), r
r = m.list(); assert r[0] == "OK" and all(r[1]), r
m.select("INBOX")
r = m.fetch("1", "(ENVELOPE BODYSTRUCTURE PREVIEW BODY.PEEK[])"); assert r[0] == "OK", r
body = [p[1] for p in r[1] if isinstance(p, tuple)][-1]
r = m.search(None, 'SUBJECT "gr\\u00fcn"'); assert r == ("OK", [b"1"]), r
assert m.noop()[0] == "OK"; assert m.logout()[0] == "BYE"
print(body.hex())
`;

describe('IMAP clients that switch UTF-8 on', () => {
  let server: ImapServer;
  let folder: string;
  before(async () => {
    server = await openImapServer();
    folder = mkdtempSync(join(tmpdir(), 'drey-utf8-'));
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('imaplib makes mailboxes, appends, fetches and searches', {
    skip: !hasPython && 'no Python here',
  }, async () => {
    const { address } = await server.addUser('python');
    const program = join(folder, 'utf8.py');
    writeFileSync(program, script);
    const hex = message.toString('hex');
    const args = [program, String(server.port), address, password, JSON.stringify(names), hex];
    const { stdout } = await run('python3', args);
    assert.deepEqual(Buffer.from(stdout.trim(), 'hex'), message);
  });

  for (const isRev2 of [true, false]) {
    it(`imapflow does, ${isRev2 ? 'with' : 'without'} IMAP4rev2`, async () => {
      const { address } = await server.addUser(`flow${isRev2}`);
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: server.port,
        secure: false,
        doSTARTTLS: false,
        auth: { user: address, pass: password },
        logger: false,
        disableIMAP4rev2: !isRev2,
      });
      await client.connect();
      try {
        assert.ok(client.enabled.has('UTF8=ACCEPT'));
        for (const name of names) await client.mailboxCreate(name);
        const paths = (await client.list()).map(({ path }) => path);
        for (const name of names) assert.ok(paths.includes(name), name);
        await client.append(names[0]!, message);
        const opened = await client.mailboxOpen(names[0]!);
        assert.deepEqual([opened.path, opened.exists], [names[0], 1]);
        const found = await client.fetchOne('1', { envelope: true, source: true });
        assert.ok(found);
        assert.deepEqual(found.source, message);
        assert.equal(found.envelope?.subject, 'grün ") {4}');
        assert.deepEqual(found.envelope?.from, [
          { name: 'Jürgen "x"', address: 'jürgen@bücher.example' },
        ]);
        assert.deepEqual(await client.search({ subject: 'grün' }), [1]);
        await client.mailboxRename(names[1]!, 'Сюда');
        assert.ok((await client.list()).some(({ path }) => path === 'Сюда'));
      } finally {
        await client.logout();
      }
    });
  }
});

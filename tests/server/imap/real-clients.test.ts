// Programs people really use, where the machine has them: mbsync copies a mailbox byte for byte both ways
// and finds nothing to do the second time; curl lists, reads and stores; Python's imaplib parses replies
// full of hostile values.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { findAccount } from '#lib/accounts/account.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const run = promisify(execFile);

async function has(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

const hasMbsync = await has('mbsync', '--version');
const hasCurl = await has('curl', '--version');
const hasPython = await has('python3', '-c', 'import imaplib');

/** Messages that are hard to carry: no final line end, bare LF, 8-bit, long lines, dots, quotes. */
const messages = [
  'Subject: plain\r\n\r\nbody\r\n',
  'Subject: no line end\r\n\r\nbody',
  `Subject: "quoted" \\ backslash\r\nX-Long: ${'x'.repeat(2000)}\r\n\r\n.\r\n..\r\n`,
  'Subject: \xe4\xf6 raw\r\n\r\n\xff\xfe\r\n',
  'Subject: =?utf-8?q?a=0D=0A*_5_EXPUNGE?=\r\nFrom: "a\\"b" <"x y"@example.test>\r\n\r\n* BYE\r\na1 OK\r\n',
  'Subject:\r\n\r\n',
].map((text) => Buffer.from(text, 'latin1'));

describe('real IMAP clients', () => {
  let server: ImapServer;
  let folder: string;

  before(async () => {
    server = await openImapServer();
    folder = mkdtempSync(join(tmpdir(), 'drey-clients-'));
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function fill(name: string): Promise<{ id: string; address: string }> {
    const user = await server.addUser(name);
    await ensureMailboxes(user.id);
    const inbox = await findMailbox(user.id, 'INBOX');
    assert.ok(inbox);
    for (const bytes of messages) {
      const body = await stageBytes(bytes);
      const internalDate = new Date('2026-02-03T04:05:06Z');
      const message = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate };
      await appendMessages(user.id, inbox.id, [message]);
    }
    return user;
  }

  async function readAll(accountId: string, name: string): Promise<Buffer[]> {
    const mailbox = await findMailbox(accountId, name);
    assert.ok(mailbox, name);
    const { roll } = await readView(accountId, mailbox.id);
    const rows = await readMessages(accountId, mailbox.id, [...roll.uids]);
    return Promise.all(rows.map(readBytes));
  }

  it('mbsync takes everything, brings it back, and is content', {
    skip: !hasMbsync && 'no mbsync here',
  }, async () => {
    const { id, address } = await fill('mbsync');
    const maildir = join(folder, 'md');
    mkdirSync(maildir);
    const config = join(folder, 'mbsyncrc');
    const lines = [
      `IMAPAccount a\nHost 127.0.0.1\nPort ${server.port}\nUser ${address}\nPass "${password}"\nSSLType None\nAuthMechs PLAIN\n`,
      'IMAPStore far\nAccount a\n',
      `MaildirStore near\nPath ${maildir}/\nInbox ${maildir}/INBOX\nSubFolders Verbatim\n`,
      'Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\n',
    ];
    writeFileSync(config, lines.join('\n'));
    const sync = () => run('mbsync', ['-V', '-c', config, 'c']);
    await sync();
    const files = (name: string) =>
      ['new', 'cur'].flatMap((part) =>
        readdirSync(join(maildir, name, part)).map((file) => join(maildir, name, part, file)),
      );
    // mbsync adds a header of its own and stores LF; what it has must be all there is.
    assert.equal(files('INBOX').length, messages.length);
    const before = await readAll(id, 'INBOX');
    writeFileSync(join(maildir, 'Sent', 'new', '1.local'), 'Subject: from here\n\nhello\n');
    await sync();
    const [sent] = await readAll(id, 'Sent');
    assert.match(String(sent), /Subject: from here\r\n/);
    assert.match(String(sent), /\r\n\r\nhello\r\n$/);
    const again = await sync();
    assert.doesNotMatch(again.stdout + again.stderr, /error|warning/i);
    assert.deepEqual(await readAll(id, 'INBOX'), before);
    assert.equal((await readAll(id, 'Sent')).length, 1);
    assert.ok(readFileSync(files('Sent')[0] ?? '').includes('hello'));
  });

  it('curl lists, reads and stores', { skip: !hasCurl && 'no curl here' }, async () => {
    const { id, address } = await fill('curl');
    const curl = (path: string, ...args: string[]) =>
      run(
        'curl',
        ['-s', '-u', `${address}:${password}`, `imap://127.0.0.1:${server.port}${path}`, ...args],
        {
          encoding: 'latin1',
        },
      );
    assert.match((await curl('/')).stdout, /\* LIST \(\\HasNoChildren \\Sent\) "\/" Sent\r\n/);
    const first = await curl('/INBOX;UID=1');
    assert.deepEqual(Buffer.from(first.stdout, 'latin1'), messages[0]);
    assert.match((await curl('/INBOX?SUBJECT%20backslash')).stdout, /\* SEARCH 3/);
    const file = join(folder, 'up.eml');
    writeFileSync(file, messages[1] ?? '');
    await curl('/Drafts', '-T', file);
    assert.deepEqual(await readAll(id, 'Drafts'), [messages[1]]);
    const secured = ['--ssl-reqd', '-k', '-X', 'STATUS Drafts (MESSAGES)'];
    assert.match((await curl('/', ...secured)).stdout, /MESSAGES 1/);
  });

  it('imaplib reads what hostile messages and names become', {
    skip: !hasPython && 'no Python here',
  }, async () => {
    const { address } = await fill('python');
    assert.ok(await findAccount(address));
    const script = join(folder, 'read.py');
    writeFileSync(
      script,
      [
        'import imaplib, sys, json',
        'm = imaplib.IMAP4("127.0.0.1", int(sys.argv[1])); m.login(sys.argv[2], sys.argv[3])',
        "for name in [b'\"a \\\\\"b\\\\\\\\ c\"', b'\"%25{3}\"', b'NIL', b'\"* x\"']:",
        '    r = m.create(name); assert r[0] == "OK", r',
        'r = m.list(); assert r[0] == "OK" and all(r[1]), r',
        'm.select("INBOX")',
        'bodies = []',
        'for n in range(1, 7):',
        '    r = m.fetch(str(n), "(ENVELOPE BODYSTRUCTURE PREVIEW BODY.PEEK[])"); assert r[0] == "OK", r',
        '    literals = [p[1] for p in r[1] if isinstance(p, tuple)]',
        '    bodies.append(literals[-1].decode("latin1"))',
        'assert m.noop()[0] == "OK"; assert m.logout()[0] == "BYE"',
        'print(json.dumps(bodies))',
      ].join('\n'),
    );
    const { stdout } = await run('python3', [script, String(server.port), address, password]);
    const bodies = (JSON.parse(stdout) as string[]).map((text) => Buffer.from(text, 'latin1'));
    assert.deepEqual(bodies, messages);
  });
});

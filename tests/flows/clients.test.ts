// Mail programs that people really use, against the real daemon. A program that is not installed skips its
// test with a plain word.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Daemon, runProgram, startDaemon, waitFor } from '#tests/support/daemon.ts';

const address = 'ada@example.test';
const password = 'ada her password';
let daemon: Daemon;

before(async () => {
  daemon = await startDaemon();
  await daemon.dreyJson(['setup', '--admin', address, '--password-stdin'], password);
  await daemon.dreyJson(['user', 'add', 'bob@example.test', '--password-stdin'], password);
});
after(() => daemon.stop());

const skipWithout = (program: string) =>
  spawnSync('which', [program]).status === 0 ? false : `${program} is not installed here`;

const login = `${address}:${password}`;

/** Runs a program that must succeed. */
async function run(command: string, args: string[], input = '', env = {}): Promise<string> {
  const result = await runProgram(command, args, input, {
    ...process.env,
    HOME: daemon.folder,
    ...env,
  });
  assert.equal(result.code, 0, `${command} ${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

/** How many messages curl sees in a folder of ada's. */
async function countMessages(folder: string): Promise<number> {
  const status = await run('curl', [
    '-sS',
    '-u',
    login,
    `imap://127.0.0.1:${daemon.ports.imap}/`,
    '-X',
    `STATUS ${folder} (MESSAGES)`,
  ]);
  return Number(/MESSAGES (\d+)/.exec(status)?.[1]);
}

describe('real mail programs', () => {
  it('swaks delivers on port 25 and signs in on both submission ports', {
    skip: skipWithout('swaks'),
  }, async () => {
    const common = [
      '--server',
      '127.0.0.1',
      '--to',
      address,
      '--header',
      'Subject: from swaks',
      '--body',
      'hello',
    ];
    await run('swaks', [
      ...common,
      '--port',
      String(daemon.ports.smtp),
      '--from',
      'someone@far.test',
      '--tls',
    ]);
    const auth = [
      '--auth',
      'PLAIN',
      '--auth-user',
      address,
      '--auth-password',
      password,
      '--from',
      address,
    ];
    await run('swaks', [...common, ...auth, '--port', String(daemon.ports.submission), '--tls']);
    await run('swaks', [
      ...common,
      ...auth,
      '--port',
      String(daemon.ports.submissions),
      '--tls-on-connect',
    ]);
    const stranger = [
      '--auth',
      'LOGIN',
      '--auth-user',
      address,
      '--auth-password',
      'wrong',
      '--from',
      address,
    ];
    const refused = await runProgram('swaks', [
      ...common,
      ...stranger,
      '--port',
      String(daemon.ports.submission),
      '--tls',
    ]);
    assert.match(refused.stdout, /535 5\.7\.8/);
    assert.equal(await countMessages('INBOX'), 3);
  });

  it('curl reads and searches over IMAP, IMAPS, POP3 and POP3S, and sends', {
    skip: skipWithout('curl'),
  }, async () => {
    const before = await countMessages('INBOX');
    const letter = `From: ${address}\r\nTo: ${address}\r\nSubject: by curl\r\n\r\nBody of curl\r\n`;
    await run(
      'curl',
      [
        '-sS',
        '-k',
        '--ssl-reqd',
        `smtp://127.0.0.1:${daemon.ports.submission}`,
        '-u',
        login,
        '--mail-from',
        address,
        '--mail-rcpt',
        address,
        '-T',
        '-',
      ],
      letter,
    );
    assert.equal(await countMessages('INBOX'), before + 1);
    for (const url of [
      `imap://127.0.0.1:${daemon.ports.imap}`,
      `imaps://127.0.0.1:${daemon.ports.imaps}`,
    ]) {
      assert.match(
        await run('curl', ['-sS', '-k', '-u', login, `${url}/INBOX;MAILINDEX=${before + 1}`]),
        /Body of curl/,
      );
      assert.match(
        await run('curl', ['-sS', '-k', '-u', login, `${url}/INBOX?SUBJECT%20curl`]),
        /\* SEARCH \d+/,
      );
    }
    for (const url of [
      `pop3://127.0.0.1:${daemon.ports.pop3}`,
      `pop3s://127.0.0.1:${daemon.ports.pop3s}`,
    ]) {
      assert.match(
        await run('curl', ['-sS', '-k', '-u', login, `${url}/${before + 1}`]),
        /Body of curl/,
      );
      assert.match(
        await run('curl', ['-sS', '-k', '-u', login, `${url}/`, '-X', 'UIDL']),
        /^\d+ [0-9A-Fa-f]{16}/m,
      );
    }
  });

  it('msmtp sends through STARTTLS', { skip: skipWithout('msmtp') }, async () => {
    const before = await countMessages('INBOX');
    const file = join(daemon.folder, 'msmtprc');
    const lines = [
      'account default',
      'host 127.0.0.1',
      `port ${daemon.ports.submission}`,
      'tls on',
      'tls_starttls on',
      'tls_certcheck off',
      'auth plain',
      `user ${address}`,
      `password "${password}"`,
      `from ${address}`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
    await run(
      'msmtp',
      ['-C', file, address],
      `From: ${address}\nTo: ${address}\nSubject: by msmtp\n\nhello\n`,
    );
    assert.equal(await countMessages('INBOX'), before + 1);
  });

  it('mbsync copies both ways, and a second run moves nothing', {
    skip: skipWithout('mbsync'),
  }, async () => {
    const box = join(daemon.folder, 'maildir');
    mkdirSync(box, { recursive: true });
    const file = join(daemon.folder, 'mbsyncrc');
    const lines = [
      'IMAPAccount drey',
      'Host 127.0.0.1',
      `Port ${daemon.ports.imap}`,
      `User ${address}`,
      `Pass "${password}"`,
      'SSLType None',
      'AuthMechs LOGIN',
      '',
      'IMAPStore far',
      'Account drey',
      '',
      'MaildirStore near',
      `Path ${box}/`,
      `Inbox ${box}/INBOX`,
      'SubFolders Verbatim',
      '',
      'Channel all',
      'Far :far:',
      'Near :near:',
      'Patterns *',
      'Create Both',
      'Expunge Both',
      'SyncState *',
      '',
    ];
    writeFileSync(file, lines.join('\n'), { mode: 0o600 });
    await run('mbsync', ['-c', file, 'all']);
    const count = await countMessages('INBOX');
    const listBox = () => [
      ...readdirSync(join(box, 'INBOX', 'new')),
      ...readdirSync(join(box, 'INBOX', 'cur')),
    ];
    assert.equal(listBox().length, count);
    writeFileSync(
      join(box, 'INBOX', 'new', `1.${process.pid}.local`),
      `From: ${address}\nSubject: from the maildir\n\nup\n`,
    );
    await run('mbsync', ['-c', file, 'all']);
    assert.equal(await countMessages('INBOX'), count + 1);
    const again = await run('mbsync', ['-c', file, '-V', 'all']);
    assert.doesNotMatch(again, /[1-9]\d* (new|updated)/i);
    assert.equal(await countMessages('INBOX'), count + 1);
    assert.equal(listBox().length, count + 1);
  });

  it('neomutt sends with an attachment', {
    skip: skipWithout('neomutt'),
  }, async () => {
    const before = await countMessages('INBOX');
    const file = join(daemon.folder, 'muttrc');
    const url = (scheme: string, port: number) =>
      `${scheme}://ada%40example.test@127.0.0.1:${port}/`;
    const lines = [
      `set from="${address}"`,
      `set smtp_url="${url('smtp', daemon.ports.submission)}"`,
      `set smtp_pass="${password}"`,
      'set ssl_starttls=no',
      'set ssl_force_tls=no',
      'set copy=no',
      'set use_envelope_from=no',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    writeFileSync(join(daemon.folder, 'note.txt'), 'attached\n');
    await run(
      'neomutt',
      ['-n', '-F', file, '-s', 'by neomutt', '-a', join(daemon.folder, 'note.txt'), '--', address],
      'hello\n',
      { TERM: 'dumb' },
    );
    await waitFor(
      async () => (await countMessages('INBOX')) === before + 1,
      'the message of neomutt',
    );
    const source = await run('curl', [
      '-sS',
      '-u',
      login,
      `imap://127.0.0.1:${daemon.ports.imap}/INBOX;MAILINDEX=${before + 1}`,
    ]);
    assert.match(source, /filename="?note\.txt/);
  });
});

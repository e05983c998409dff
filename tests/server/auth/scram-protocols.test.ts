// SCRAM over the real listeners: a client of our own over IMAP, POP3 and submission, bound to TLS in both ways,
// and mail programs of GNU SASL and Cyrus SASL where they are installed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { startPop3Servers } from '#server/pop3/servers.ts';
import { startSmtpServers } from '#server/smtp/servers.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { startScramClient } from '#tests/support/scram-client.ts';

const run = promisify(execFile);

/** Says a line, and waits for one that fits. */
type Dialogue = {
  socket: TLSSocket;
  ask(line: string | null, pattern: RegExp): Promise<RegExpExecArray>;
};

async function openTls(
  port: number,
  minVersion: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<Dialogue> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    minVersion,
    maxVersion: minVersion,
  });
  let text = '';
  let wake = () => {};
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  socket.on('close', () => wake()).on('error', () => wake());
  await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
  return {
    socket,
    async ask(line, pattern) {
      if (line !== null) socket.write(`${line}\r\n`);
      for (;;) {
        const match = pattern.exec(text);
        if (match) {
          text = '';
          return match;
        }
        if (socket.destroyed) throw new Error(`closed after ${text}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const bindings: Record<string, (socket: TLSSocket) => Buffer> = {
  'tls-exporter': (socket) =>
    socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)),
  'tls-server-end-point': (socket) =>
    createHash('sha256').update(socket.getPeerX509Certificate()!.raw).digest(),
};

describe('SCRAM over the protocols', () => {
  let imap: ImapServer;
  let ports: Record<string, number>;
  let address: string;
  let folder: string;
  const stops: (() => Promise<void>)[] = [];

  before(async () => {
    for (const name of ['POP3', 'POP3S', 'SMTP', 'SUBMISSION', 'SUBMISSIONS']) {
      process.env[`DREY_${name}_PORT`] = '0';
    }
    imap = await openImapServer();
    const [pop3, smtp] = [await startPop3Servers(), await startSmtpServers()];
    stops.push(pop3.stop, smtp.stop);
    ports = { ...pop3.ports, ...smtp.ports, imaps: imap.securePort, imap: imap.port };
    address = (await imap.addUser('scram')).address;
    folder = mkdtempSync(join(tmpdir(), 'drey-scram-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const stop of stops) await stop();
    await imap.close();
  });

  /** How each protocol begins, goes on, and ends well or badly. */
  const protocols = {
    imaps: {
      greeting: /^\* OK .*\r\n/,
      begin: 'a AUTHENTICATE',
      challenge: /^\+ (.*)\r\n/,
      ok: /^a OK .*\r\n/,
      refused: /^a NO \[AUTHENTICATIONFAILED\] .*\r\n/,
      broken: /^a BAD .*\r\n/,
    },
    pop3s: {
      greeting: /^\+OK .*\r\n/,
      begin: 'AUTH',
      challenge: /^\+ (.*)\r\n/,
      ok: /^\+OK .*\r\n/,
      refused: /^-ERR \[AUTH\] .*\r\n/,
      broken: /^-ERR .*\r\n/,
    },
    submissions: {
      greeting: /^220 .*\r\n/,
      begin: 'AUTH',
      challenge: /^334 (.*)\r\n/,
      ok: /^235 .*\r\n/,
      refused: /^535 .*\r\n/,
      broken: /^501 .*\r\n/,
    },
  };

  const encode = (text: string) => Buffer.from(text).toString('base64');
  const decode = (match: RegExpExecArray) => Buffer.from(match[1] ?? '', 'base64').toString();

  for (const [name, protocol] of Object.entries(protocols)) {
    const open = async (version?: 'TLSv1.2') => {
      const dialogue = await openTls(ports[name] ?? 0, version);
      await dialogue.ask(null, protocol.greeting);
      if (name === 'submissions') await dialogue.ask('EHLO client.test', /^250 .*\r\n/m);
      return dialogue;
    };

    for (const [type, read] of Object.entries(bindings)) {
      it(`${name}: -PLUS by ${type}`, async () => {
        const { socket, ask } = await open();
        const gs2 = `p=${type},,`;
        const client = startScramClient({ username: address, password, gs2, bound: read(socket) });
        const begin = `${protocol.begin} SCRAM-SHA-256-PLUS ${encode(client.first)}`;
        const first = decode(await ask(begin, protocol.challenge));
        const last = decode(await ask(encode(client.answer(first)), protocol.challenge));
        assert.equal(last, client.signature());
        await ask('', protocol.ok);
        socket.destroy();
      });
    }

    it(`${name}: without binding, and without an initial response`, async () => {
      const { socket, ask } = await open();
      const client = startScramClient({ username: address, password });
      await ask(`${protocol.begin} SCRAM-SHA-256`, protocol.challenge);
      const first = decode(await ask(encode(client.first), protocol.challenge));
      const last = decode(await ask(encode(client.answer(first)), protocol.challenge));
      assert.equal(last, client.signature());
      await ask('', protocol.ok);
      socket.destroy();
    });

    it(`${name}: refuses who hands a login on, a downgrade, and a wrong password`, async () => {
      const hostile = [
        // Bound to the attacker's connection to the client, not to his connection to us.
        [{ password, gs2: 'p=tls-exporter,,', bound: Buffer.alloc(32) }, '-PLUS', protocol.refused],
        [{ password, gs2: 'y,,' }, '', protocol.broken],
        [{ password: 'wrong' }, '', protocol.refused],
      ] as const;
      for (const [options, suffix, pattern] of hostile) {
        const { socket, ask } = await open();
        const client = startScramClient({ username: address, ...options });
        const begin = `${protocol.begin} SCRAM-SHA-256${suffix} ${encode(client.first)}`;
        if (pattern === protocol.broken) await ask(begin, pattern);
        else {
          const first = decode(await ask(begin, protocol.challenge));
          await ask(encode(client.answer(first)), pattern);
        }
        socket.destroy();
      }
    });

    it(`${name}: TLS 1.2 has no exporter, but the certificate`, async () => {
      const { socket, ask } = await open('TLSv1.2');
      const exported = startScramClient({
        ...{ username: address, password, gs2: 'p=tls-exporter,,', bound: Buffer.alloc(32) },
      });
      await ask(`${protocol.begin} SCRAM-SHA-256-PLUS ${encode(exported.first)}`, protocol.broken);
      const bound = bindings['tls-server-end-point']!(socket);
      const gs2 = 'p=tls-server-end-point,,';
      const client = startScramClient({ username: address, password, gs2, bound });
      const begin = `${protocol.begin} SCRAM-SHA-256-PLUS ${encode(client.first)}`;
      const first = decode(await ask(begin, protocol.challenge));
      await ask(encode(client.answer(first)), protocol.challenge);
      await ask('', protocol.ok);
      socket.destroy();
    });

    it(`${name}: the client may give up when the signature is not ours`, async () => {
      const { socket, ask } = await open();
      const client = startScramClient({ username: address, password });
      const begin = `${protocol.begin} SCRAM-SHA-256 ${encode(client.first)}`;
      const first = decode(await ask(begin, protocol.challenge));
      await ask(encode(client.answer(first)), protocol.challenge);
      await ask('*', protocol.broken);
      socket.destroy();
    });
  }

  async function isMissing(context: TestContext, program: string): Promise<boolean> {
    const isHere = await run('which', [program]).then(
      () => true,
      () => false,
    );
    if (!isHere) context.skip(`${program} is not installed`);
    return !isHere;
  }

  /** So that nothing but SCRAM can be what signs in. */
  async function onlyScram(work: () => Promise<void>): Promise<void> {
    await writeSetting('security.mechanisms', ['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], 'test');
    try {
      await work();
    } finally {
      await resetSetting('security.mechanisms', 'test');
    }
  }

  it('msmtp (GNU SASL) submits', async (context) => {
    if (await isMissing(context, 'msmtp')) return;
    const { stdout } = await run('msmtp', ['--version']);
    if (!stdout.includes('scram-sha-256')) return context.skip('this msmtp has no SCRAM-SHA-256');
    await onlyScram(async () => {
      const sending = run('msmtp', [
        ...['--file=/dev/null', '--host=127.0.0.1', `--port=${ports.submission}`],
        ...['--tls=on', '--tls-starttls=on', '--tls-certcheck=off', '--auth=scram-sha-256'],
        ...[`--user=${address}`, `--passwordeval=echo '${password}'`],
        ...[`--from=${address}`, address],
      ]);
      sending.child.stdin?.end('Subject: by SCRAM\n\ntext\n');
      await sending;
    });
  });

  it('mbsync (Cyrus SASL) reads', async (context) => {
    if (await isMissing(context, 'mbsync')) return;
    const local = join(folder, 'mail');
    mkdirSync(local);
    const file = join(folder, 'mbsyncrc');
    writeFileSync(
      file,
      [
        'IMAPAccount drey\nHost 127.0.0.1',
        `Port ${ports.imap}\nUser ${address}\nPass "${password}"`,
        'SSLType None\nAuthMechs SCRAM-SHA-256\n\nIMAPStore remote\nAccount drey',
        `\nMaildirStore local\nPath ${local}/\nInbox ${local}/INBOX`,
        '\nChannel all\nFar :remote:\nNear :local:\nCreate Near\nPatterns INBOX\nSyncState *\n',
      ].join('\n'),
    );
    await onlyScram(async () => {
      const outcome = await run('mbsync', ['-c', file, '-a']).catch((error: Error) => error);
      if (outcome instanceof Error && /SASL|mechanism|AuthMech/i.test(outcome.message)) {
        return context.skip(`this mbsync cannot: ${outcome.message.slice(-200)}`);
      }
      assert.ok(!(outcome instanceof Error), String(outcome));
    });
  });
});

// `npm run demo` on a fresh server: what it prints opens a full mailbox.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { runProgram, startDaemon } from '#tests/support/daemon.ts';

test('the demo fills two mailboxes and prints a password that opens them', async () => {
  const daemon = await startDaemon();
  try {
    const program = join(import.meta.dirname, '..', '..', 'server', 'demo', 'main.ts');
    const { code, stdout, stderr } = await runProgram(process.execPath, [program], '', {
      ...process.env,
      DREY_DATA: daemon.folder,
    });
    assert.equal(code, 0, stderr);
    const password = /password "(.+)"/.exec(stdout)?.[1] ?? '';
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      auth: { user: 'ada@demo.test', pass: password },
      logger: false,
      tls: { rejectUnauthorized: false },
    });
    await client.connect();
    const status = await client.status('INBOX', { messages: true });
    assert.ok(status && (status.messages ?? 0) > 20);
    await client.logout();
  } finally {
    await daemon.stop();
  }
});

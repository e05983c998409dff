// The process as a whole: it starts, says what is wrong in one sentence, and stops cleanly whatever is open.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startDaemon, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

/** What a start that must fail prints. */
async function failStart(env: Record<string, string>): Promise<string> {
  try {
    const daemon = await startDaemon(env);
    await daemon.stop();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The daemon started');
}

/** One sentence, no stack trace. */
function assertSentence(printed: string, pattern: RegExp): void {
  assert.match(printed, /Drey could not start\. /);
  assert.match(printed, pattern);
  assert.doesNotMatch(printed, /\n\s+at /);
}

describe('start and stop', () => {
  it('serves, prints a set-up link, and stops by itself with open sessions', async (test) => {
    const daemon = await startDaemon();
    const link = /http:\/\/localhost:\d+\/setup\?token=\S+/.exec(daemon.output())?.[0];
    assert.ok(link, 'a one-time link is printed');
    await waitHealthy(daemon.url);
    assert.equal((await fetch(link.replace('localhost', '127.0.0.1'))).status, 200);
    await daemon.dreyJson(
      ['setup', '--admin', 'ada@example.test', '--password-stdin'],
      'a long password',
    );
    assert.equal(statSync(join(daemon.folder, 'secret.key')).mode & 0o777, 0o600);
    const imap = connectLines(daemon.ports.imap);
    await imap.expect(/^\* OK /m);
    await imap.ask('a LOGIN ada@example.test "a long password"', /^a OK /m);
    await imap.ask('b SELECT INBOX', /^b OK /m);
    await imap.ask('c IDLE', /^\+ /m);
    const smtp = connectLines(daemon.ports.smtp);
    await smtp.expect(/^220 /m);
    const pop3 = connectLines(daemon.ports.pop3);
    await pop3.expect(/^\+OK/m);
    // Not killed, as one would be that waits for its sessions.
    const { code, ms } = await daemon.stop();
    assert.equal(code, 0);
    test.diagnostic(`stopped in ${Math.round(ms)} ms`);
  });

  it('names a taken port and the variable that moves it', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    for (const name of ['DREY_SMTP_PORT', 'DREY_IMAP_PORT', 'DREY_WEB_PORT', 'DREY_METRICS_PORT']) {
      assertSentence(
        await failStart({ [name]: String(port) }),
        new RegExp(`${port}.*taken.*${name}`),
      );
    }
    squatter.close();
  });

  it('names a data folder that cannot be written, and a database that is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drey-broken-'));
    writeFileSync(join(folder, 'file'), 'x');
    assertSentence(
      await failStart({ DREY_DATA: join(folder, 'file', 'data') }),
      /data folder .* cannot be written.*DREY_DATA/,
    );
    writeFileSync(
      join(folder, 'drey.db'),
      'this is not a database, but long enough to look at'.repeat(50),
    );
    assertSentence(await failStart({ DREY_DATA: folder }), /drey\.db is not a database/);
    assertSentence(
      await failStart({ DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' }),
      /PostgreSQL database at 127\.0\.0\.1:9.*DATABASE_URL/,
    );
    assertSentence(
      await failStart({ DREY_IMAP_PORT: 'many' }),
      /DREY_IMAP_PORT must be a port number/,
    );
    rmSync(folder, { recursive: true, force: true });
  });
});

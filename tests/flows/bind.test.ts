// Before the set-up the server listens on this machine alone; then where the set-up chose, without a restart.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';

/** Whether `host` takes a connection on `port`. */
function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

describe('the address to listen on', () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon({ DREY_BIND: '' });
  });
  after(() => daemon.stop());

  // 127.0.0.2 stands for "another address": 127.0.0.1 alone is bound at first.
  it('is loopback until the set-up chose another, and then that one', async () => {
    const ports = [daemon.ports.web, daemon.ports.smtp, daemon.ports.imap, daemon.ports.pop3];
    for (const port of ports) {
      assert.equal(await isListening('127.0.0.1', port), true);
      assert.equal(await isListening('127.0.0.2', port), false);
    }
    const setup = [
      'setup',
      '--admin',
      'ada@example.test',
      '--password-stdin',
      '--bind',
      '127.0.0.2',
    ];
    await daemon.dreyJson(setup, 'a long password');
    for (const port of ports) {
      await waitFor(() => isListening('127.0.0.2', port), `port ${port} on the new address`);
    }
    await waitHealthy(`http://127.0.0.2:${daemon.ports.web}`);
    // The old ones close after all of the new ones are open.
    const isShut = async () => !(await isListening('127.0.0.1', daemon.ports.smtp));
    await waitFor(isShut, 'the end of the old address');
  });

  it('moves the web pages without refusing anybody', async () => {
    const other = await startDaemon({ DREY_BIND: '' });
    const setup = ['setup', '--admin', 'ada@example.test', '--password-stdin', '--bind', 'all'];
    await other.dreyJson(setup, 'a long password');
    const visit = () => fetch(`${other.url}/login`, { headers: { connection: 'close' } });
    // A person who is being signed in: page after page while everything else moves.
    await waitFor(async () => {
      assert.equal((await visit()).status, 200);
      return isListening('127.0.0.2', other.ports.imap);
    }, 'IMAP on all addresses');
    for (let page = 0; page < 10; page += 1) assert.equal((await visit()).status, 200);
    await waitFor(
      () => isListening('127.0.0.2', other.ports.web),
      'the web pages on all addresses',
    );
    assert.equal((await visit()).status, 200);
    await other.stop();
  });
});

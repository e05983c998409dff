// Before the set-up the server listens on this machine alone; then where the set-up chose, without a restart.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';

/** Whether `host` takes a connection on `port`. */
function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const settle = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
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
    await waitFor(async () => {
      const health = await fetch(`http://127.0.0.2:${daemon.ports.web}/api/health`).catch(
        () => null,
      );
      return health?.status === 200;
    }, 'a healthy system on the new address');
    assert.equal(await isListening('127.0.0.1', daemon.ports.smtp), false);
  });
});

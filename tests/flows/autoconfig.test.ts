// What a mail program learns of its servers from an address alone, and that a login works with it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

describe('autoconfig', () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon();
    const setup = [
      'setup',
      '--admin',
      'ada@example.test',
      '--password-stdin',
      '--hostname',
      'mail.example.test',
    ];
    await daemon.dreyJson(setup, 'a long password');
  });
  after(() => daemon.stop());

  it('names host, ports and protection of every server', async () => {
    const response = await fetch(
      `${daemon.url}/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=ada%40example.test`,
    );
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/xml/);
    const text = await response.text();
    assert.match(text, /<domain>example\.test<\/domain>/);
    assert.equal(text.match(/<hostname>mail\.example\.test<\/hostname>/g)?.length, 6);
    const port = /<incomingServer type="imap">[\s\S]*?<port>(\d+)<\/port>\s*<socketType>SSL/.exec(
      text,
    )?.[1];
    assert.equal(Number(port), daemon.ports.imaps);
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: Number(port),
      secure: true,
      tls: { rejectUnauthorized: false },
      auth: { user: 'ada@example.test', pass: 'a long password' },
      logger: false,
    });
    await client.connect();
    await client.logout();
    const foreign = await fetch(
      `${daemon.url}/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=x%40far.test`,
    );
    assert.equal(foreign.status, 404);
  });
});

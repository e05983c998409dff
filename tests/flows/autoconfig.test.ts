// What mail programs learn of their servers from an address alone, over the paths that they ask, and that a login works
// with it.
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

  const ask = (path: string, init?: RequestInit) => fetch(`${daemon.url}${path}`, init);

  for (const path of ['/.well-known/autoconfig/mail/config-v1.1.xml', '/mail/config-v1.1.xml']) {
    it(`names host, ports and protection of every server: ${path}`, async () => {
      const response = await ask(`${path}?emailaddress=ada%40example.test`);
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
      assert.equal((await ask(`${path}?emailaddress=x%40far.test`)).status, 404);
    });
  }

  const body = (address: string) =>
    `<Autodiscover><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`;
  const asked: [path: string, init: RequestInit | undefined, status: number, text: RegExp][] = [
    ['/autodiscover/autodiscover.xml', post('ada@example.test'), 200, /<Type>IMAP</],
    ['/Autodiscover/Autodiscover.xml', post('eve@example.test'), 200, /<Type>SMTP</],
    ['/AutoDiscover/AutoDiscover.xml', post('x@far.test'), 404, /ErrorCode>600/],
    [
      '/autodiscover/autodiscover.xml',
      { method: 'POST', body: ' '.repeat(20_000) },
      413,
      /too long/,
    ],
    [
      '/autodiscover/autodiscover.xml',
      { method: 'POST', body: `<!DOCTYPE a [<!ENTITY b "c">]>${body('&b;')}` },
      400,
      /entities/,
    ],
    ['/autodiscover/autodiscover.xml?Email=ada@example.test', undefined, 200, /<Type>POP3</],
    ['/autodiscover/autodiscover.xml', undefined, 400, /ErrorCode/],
    [
      '/autodiscover/autodiscover.json?Email=ada@example.test&Protocol=Autodiscoverv1',
      undefined,
      200,
      /"Url":"https:\/\/mail\.example\.test\/autodiscover\/autodiscover\.xml"/,
    ],
    [
      '/autodiscover/autodiscover.json/v1.0/ada@example.test?Protocol=ActiveSync',
      undefined,
      400,
      /InvalidProtocol/,
    ],
    ['/autodiscover/autodiscover.json?Email=x@far.test&Protocol=x', undefined, 404, /UserNotFound/],
    ['/mobileconfig?emailaddress=eve%40example.test', undefined, 200, /com\.apple\.mail\.managed/],
    ['/mobileconfig?emailaddress=x%40far.test', undefined, 404, /no mail/],
    ['/mobileconfig', undefined, 404, /no mail/],
    ['/.well-known/acme-challenge/no-such-token', undefined, 404, /no such proof/],
  ];
  for (const [path, init, status, text] of asked) {
    it(`${init?.method ?? 'GET'} ${path} is answered ${status}: ${text.source}`, async () => {
      const response = await ask(path, init);
      assert.equal(response.status, status);
      assert.match(await response.text(), text);
    });
  }

  function post(address: string): RequestInit {
    return { method: 'POST', headers: { 'content-type': 'text/xml' }, body: body(address) };
  }
});

// Visits to other servers (vector 51): never into our own network, however the address is written or where it redirects.
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { fetchRemoteImage } from '#lib/webmail/remote/image.ts';
import { type VisitRules, visit } from '#lib/webmail/remote/visit.ts';

const rules: VisitRules = {
  method: 'GET',
  maxBytes: 1000,
  timeoutMs: 60_000,
  maxRedirects: 3,
  accept: '*/*',
};
const refused = (reason: string) => (error: unknown) => isRefusal(error, reason as 'forbidden');

describe('visit', () => {
  const forbidden = [
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://user:pass@8.8.8.8/',
    'http://8.8.8.8:25/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'gopher://8.8.8.8/',
    'not a url',
  ];
  for (const url of forbidden) {
    it(`refuses ${url}`, () => assert.rejects(visit(url, rules), refused('forbidden')));
  }
  it('refuses a name that leads inside, also beside a good address', async () => {
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    await assert.rejects(visit('http://trap.test/', { ...rules, resolve }), refused('forbidden'));
  });
  it('refuses http where it must be secure', () =>
    assert.rejects(
      visit('http://8.8.8.8/', { ...rules, isSecureOnly: true }),
      refused('forbidden'),
    ));
});

describe('visit, to a server of the test', () => {
  let server: Server;
  let url = '';
  let answer: RequestListener = () => {};
  let seen: Record<string, unknown> = {};
  let hosts: string[] = [];
  // The test's own server is the Internet; 10.0.0.1 stays shut.
  const open: Partial<VisitRules> = {
    resolve: async (host) => {
      hosts.push(host);
      return [{ address: host === 'inside.test' ? '10.0.0.1' : '127.0.0.1', family: 4 }];
    },
    mayVisit: (address) => address === '127.0.0.1',
  };
  before(async () => {
    server = createServer((request, response) => {
      seen = { ...request.headers, method: request.method };
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://out.test:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('resolves once, and says nothing of the reader', async () => {
    hosts = [];
    answer = (_request, response) => response.end('fine');
    const { bytes } = await visit(`${url}/a`, { ...rules, ...open });
    assert.equal(bytes.toString(), 'fine');
    assert.deepEqual(hosts, ['out.test']);
    assert.equal(seen.cookie ?? seen.referer, undefined);
    assert.equal(seen['user-agent'], 'Drey');
  });
  it('looks at each place it is sent to', async () => {
    answer = (_request, response) =>
      response.writeHead(302, { location: 'http://inside.test/' }).end();
    await assert.rejects(visit(`${url}/`, { ...rules, ...open }), refused('forbidden'));
    answer = (_request, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await assert.rejects(visit(`${url}/`, { ...rules, ...open }), refused('forbidden'));
  });
  it('goes in no circles', async () => {
    let count = 0;
    answer = (_request, response) => {
      count++;
      response.writeHead(301, { location: '/again' }).end();
    };
    await assert.rejects(visit(`${url}/`, { ...rules, ...open }), refused('unavailable'));
    assert.equal(count, 4);
  });
  it('reads no more than it may', async () => {
    answer = (_request, response) => {
      response.write(Buffer.alloc(800));
      response.end(Buffer.alloc(800));
    };
    await assert.rejects(visit(`${url}/`, { ...rules, ...open }), refused('too-big'));
    answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    await assert.rejects(visit(`${url}/`, { ...rules, ...open }), refused('unavailable'));
  });
  it('waits no longer than it may', async () => {
    answer = () => {};
    await assert.rejects(
      visit(`${url}/`, { ...rules, ...open, timeoutMs: 60 }),
      refused('unavailable'),
    );
  });
  it('takes pictures by their bytes, once for all', async () => {
    let count = 0;
    answer = (_request, response) => {
      count++;
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
    };
    const first = await fetchRemoteImage('a', `${url}/p.png`, open);
    await fetchRemoteImage('b', `${url}/p.png`, open);
    assert.equal(first.type, 'image/png');
    assert.equal(count, 1);
    answer = (_request, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload=alert(1)>');
    await assert.rejects(fetchRemoteImage('a', `${url}/q.png`, open), refused('invalid'));
  });
});

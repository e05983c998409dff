// Which requests count as sent by one of our own pages, in the words of browsers, old ones, proxies and other sites.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFromOwnPage } from '../../app/own-page.ts';
import config from '../../next.config.ts';

describe('a request of our own page', () => {
  const host = 'mail.test';
  const origin = 'https://mail.test';
  const cases: [string, Record<string, string>, boolean][] = [
    ['of a browser', { host, origin, 'sec-fetch-site': 'same-origin' }, true],
    ['with an add-on that takes the origin', { host, 'sec-fetch-site': 'same-origin' }, true],
    [
      'behind a proxy with a name of its own',
      { host: 'web:80', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['of an old browser', { host, origin }, true],
    ['without https', { host: 'mail.test:8080', origin: 'http://mail.test:8080' }, true],
    [
      'by another name that the proxy tells',
      { host: 'web', 'x-forwarded-host': host, origin },
      true,
    ],
    ['with the port that goes without saying', { host: 'mail.test:443', origin }, true],
    ['with a capital letter', { host: 'Mail.Test', origin }, true],
    ['of another port', { host: 'mail.test:8443', origin }, false],
    ['of another protocol', { host: 'mail.test:443', origin: 'http://mail.test' }, false],
    ['of another site', { host, origin: 'https://evil.test' }, false],
    ['of a name that begins alike', { host, origin: 'https://mail.test.evil.test' }, false],
    ['of a neighbour', { host, origin, 'sec-fetch-site': 'same-site' }, false],
    ['of a sandbox', { host, origin: 'null' }, false],
    ['of a file', { host, origin: 'file://' }, false],
    ['that says nothing', { host }, false],
    ['without a host', { origin: 'https://null' }, false],
  ];
  for (const [what, headers, isOwn] of cases) {
    it(`${what} is ${isOwn ? 'one' : 'none'}`, () => {
      assert.equal(isFromOwnPage(new Headers(headers)), isOwn);
    });
  }

  it('says where it comes from, also as a form of an old browser, and nothing to others', async () => {
    const rows = (await config.headers?.()) ?? [];
    const policies = rows.flatMap(({ headers }) =>
      headers.flatMap(({ key, value }) => (key === 'Referrer-Policy' ? value : [])),
    );
    // Fetch, "append a request Origin header": with "no-referrer" a form says "null".
    assert.deepEqual([...new Set(policies)], ['same-origin']);
  });
});

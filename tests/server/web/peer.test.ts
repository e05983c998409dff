// Who asks, of a request that comes from this machine: what a proxy says, this machine itself, or nobody knows.
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { findPeer } from '#server/web/peer.ts';

const here = '127.0.0.1';

/** Remote, headers, X-Forwarded-For, the name a hiding proxy was asked for; why */
const cases: [string, IncomingHttpHeaders, string, string | null, string][] = [
  [here, { host: '127.0.0.1:3000' }, here, null, 'a browser on this machine'],
  [here, { host: 'localhost:3000', origin: 'http://localhost:3000' }, here, null, 'its form'],
  [here, { host: 'drey.localhost' }, here, null, 'RFC 6761 §6.3'],
  [here, { host: '127.9.9.9:13000' }, here, null, 'all of 127.0.0.0/8'],
  ['::1', { host: '[::1]:3000' }, '::1', null, 'IPv6'],
  [here, {}, here, null, 'a program without a Host'],
  [here, { host: '127.0.0.1', origin: 'null' }, here, null, 'an origin that is kept secret'],
  [
    here,
    { host: 'mail.own.test' },
    'unknown',
    'mail.own.test',
    'Caddy, Apache with ProxyPreserveHost',
  ],
  [here, { host: '203.0.113.5' }, 'unknown', '203.0.113.5', 'by its public address'],
  [
    here,
    { host: '127.0.0.1', 'x-forwarded-host': 'mail.own.test' },
    'unknown',
    'mail.own.test',
    'Apache',
  ],
  [
    here,
    { host: '127.0.0.1', origin: 'https://mail.own.test' },
    'unknown',
    'mail.own.test',
    'nginx',
  ],
  [
    here,
    { host: '127.0.0.1', 'x-real-ip': '203.0.113.5' },
    'unknown',
    'this server',
    'its other habit',
  ],
  [here, { host: '127.0.0.1', via: '1.1 proxy' }, 'unknown', 'this server', 'RFC 9110 §7.6.3'],
  [
    here,
    { host: '127.0.0.1', forwarded: 'for=a' },
    'unknown',
    'this server',
    'RFC 7239 is not read',
  ],
  [here, { host: 'a b' }, 'unknown', 'this server', 'a name that is none'],
  [here, { host: 'localhost@evil.test' }, 'unknown', 'evil.test', 'a name in the place of a user'],
  [here, { host: '127.0.0.1.evil.test' }, 'unknown', '127.0.0.1.evil.test', 'it begins alike'],
  [here, { host: 'localhost', 'x-forwarded-for': '' }, here, null, 'an empty one says nothing'],
  [here, { host: 'own.test', 'x-forwarded-for': '' }, 'unknown', 'own.test', 'nor does it hide'],
  ...[
    'x-forwarded-port',
    'x-forwarded-server',
    'x-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
  ].map((name): [string, IncomingHttpHeaders, string, string | null, string] => [
    here,
    { host: '127.0.0.1', [name]: '1' },
    'unknown',
    'this server',
    `${name} of a proxy`,
  ]),
  [
    here,
    { host: '127.0.0.1', 'x-forwarded-proto': 'https' },
    'unknown',
    'this server',
    'half set up',
  ],
  [here, { host: 'a"<b>\u0007.test' }, 'unknown', 'this server', 'a name that is none'],
  [here, { host: 'x'.repeat(300) }, 'unknown', 'this server', 'a long one'],
  [
    here,
    { host: 'mail.own.test', 'x-forwarded-for': '203.0.113.5' },
    '203.0.113.5',
    null,
    'a good proxy',
  ],
  [
    here,
    { host: 'mail.own.test', 'x-forwarded-for': '1.2.3.4, 203.0.113.5' },
    '1.2.3.4, 203.0.113.5',
    null,
    'two',
  ],
  ['203.0.113.5', { host: 'mail.own.test' }, '203.0.113.5', null, 'a browser elsewhere'],
  ['203.0.113.5', { host: 'localhost', 'x-forwarded-for': here }, '203.0.113.5', null, 'a liar'],
];

for (const [remote, headers, forwardedFor, hiddenBehind, why] of cases) {
  test(`${remote} ${JSON.stringify(headers).slice(0, 80)}: ${why}`, () => {
    assert.deepEqual(findPeer(remote, headers), { forwardedFor, hiddenBehind });
  });
}

// What may be set as the place of a scanner, and as a trusted forwarder.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSetting } from '#lib/settings/index.ts';

const rows: [key: string, good: unknown[], bad: unknown[]][] = [
  [
    'content.clamav',
    ['', '127.0.0.1:3310', 'inet:clamd.example.org:3310', '[::1]:3310', '/run/clamav/clamd.ctl'],
    ['clamd', '127.0.0.1', 'http://127.0.0.1:3310', 'run/clamd.ctl', '/run/a b', 'x:1\r\ny:2'],
  ],
  [
    'content.milters',
    [[], ['inet:127.0.0.1:8891', 'unix:/run/opendkim.sock']],
    [['8891'], Array.from({ length: 6 }, () => '127.0.0.1:1')],
  ],
  [
    'content.rspamdUrl',
    ['', 'http://127.0.0.1:11333', 'https://rspamd.example.org/', 'http://[::1]:11333'],
    ['127.0.0.1:11333', 'file:///etc/passwd', 'http://user@x', 'http://x/checkv2?a', 'http://'],
  ],
  ['content.trustedSealers', [['lists.example.org']], [['example'], ['a@b.test'], ['*.b.test']]],
];

for (const [key, good, bad] of rows) {
  test(key, () => {
    const { schema } = findSetting(key);
    for (const value of good) assert.equal(schema.safeParse(value).success, true, String(value));
    for (const value of bad) assert.equal(schema.safeParse(value).success, false, String(value));
  });
}

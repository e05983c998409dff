// Addresses in the one spelling in which they are compared and counted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, limitKey, plainAddress } from '#lib/accounts/network.ts';

describe('the plain form of an address', () => {
  const cases: [string, string, string][] = [
    ['192.0.2.1', '192.0.2.1', 'IPv4'],
    ['::ffff:192.0.2.1', '192.0.2.1', 'mapped, as a socket says it'],
    ['::FFFF:192.0.2.1', '192.0.2.1', 'in capitals'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1', 'at length'],
    ['::ffff:c000:201', '192.0.2.1', 'in hexadecimal'],
    ['0:0:0:0:0:ffff:c000:201', '192.0.2.1', 'as the PROXY header has it'],
    ['::ffff:7f00:1', '127.0.0.1', 'with short groups'],
    ['::ffff:0:0', '0.0.0.0', 'nothing'],
    ['fe80::1%eth0', 'fe80::1', 'without its zone'],
    ['2001:db8::ffff:c000:201', '2001:db8::ffff:c000:201', 'IPv6 that looks like it'],
    ['::fffe:c000:201', '::fffe:c000:201', 'not mapped'],
    ['::1', '::1', 'loopback'],
  ];
  for (const [written, expected, why] of cases) {
    it(`${written}: ${why}`, () => assert.equal(plainAddress(written), expected));
  }

  it('is what counts as one client', () => {
    assert.equal(limitKey(plainAddress('::ffff:c000:201')), '192.0.2.1');
    assert.notEqual(
      limitKey(plainAddress('::ffff:c000:201')),
      limitKey(plainAddress('::ffff:c000:202')),
    );
    assert.ok(isLoopback('0:0:0:0:0:ffff:7f00:1'));
  });
});

// Who may be visited because a stranger says so, and who may be sent mail (vector 51: however the address is written).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPublicAddress, isPublicExchanger } from '#lib/accounts/public-address.ts';

const cases: [address: string, mayBeVisited: boolean, mayGetMail: boolean][] = [
  ['8.8.8.8', true, true],
  ['172.32.0.1', true, true],
  ['2606:4700::1111', true, true],
  ['2a00:1450::1', true, true],
  ['0.0.0.0', false, false],
  ['10.1.2.3', false, false],
  ['100.64.0.1', false, false],
  ['127.0.0.1', false, false],
  ['127.9.9.9', false, false],
  ['169.254.169.254', false, false],
  ['172.31.0.1', false, false],
  ['172.31.255.1', false, false],
  ['192.0.0.8', false, false],
  ['192.88.99.1', false, false],
  ['192.168.1.1', false, false],
  ['198.18.0.1', false, false],
  ['224.0.0.1', false, false],
  ['255.255.255.255', false, false],
  ['::', false, false],
  ['::1', false, false],
  ['::127.0.0.1', false, false],
  ['64:ff9b::7f00:1', false, false],
  ['64:ff9b:1::7f00:1', false, false],
  ['2001::1', false, false],
  ['2002:7f00:1::', false, false],
  ['fc00::1', false, false],
  ['fd00:ec2::254', false, false],
  ['fe80::1', false, false],
  ['fe80::1%eth0', false, false],
  ['2a00:1450::1%eth0', false, true],
  ['fec0::1', false, false],
  ['ff02::1', false, false],
  // Mapped: for mail what it stands for.
  ['::ffff:127.0.0.1', false, false],
  ['::ffff:7f00:1', false, false],
  ['::ffff:8.8.8.8', false, true],
  ['::ffff:203.0.113.1', false, true],
  ['0:0:0:0:0:ffff:7f00:1', false, false],
  // Of documentation.
  ['192.0.2.1', false, true],
  ['198.51.100.1', false, true],
  ['203.0.113.1', false, true],
  ['2001:db8::1', false, true],
  ['3fff::1', false, true],
  ['nonsense', false, false],
  ['example.test', false, false],
  ['', false, false],
];

describe('addresses of the public Internet', () => {
  for (const [address, mayBeVisited, mayGetMail] of cases) {
    it(address || 'nothing', () => {
      assert.equal(isPublicAddress(address), mayBeVisited, 'visits');
      assert.equal(isPublicExchanger(address), mayGetMail, 'mail');
    });
  }
});

// How people write where a listener listens.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSetting } from '#lib/settings/index.ts';
import { parsePlace, writePlace } from '#lib/settings/place.ts';

describe('a place to listen', () => {
  const right: [string, string, number][] = [
    ['25', '', 25],
    ['all:25', 'all', 25],
    ['loopback:24', 'loopback', 24],
    ['192.0.2.1:465', '192.0.2.1', 465],
    ['[2001:db8::1]:993', '2001:db8::1', 993],
    ['[::1]:65535', '::1', 65_535],
  ];
  for (const [text, host, port] of right) {
    it(text, () => {
      assert.deepEqual(parsePlace(text), { host, port });
      assert.equal(writePlace({ host, port }), text);
    });
  }

  const wrong: [string, string][] = [
    ['', 'nothing'],
    ['0', 'the environment alone lets the system choose'],
    ['65536', 'too large'],
    ['025x', 'no number'],
    ['192.0.2.300:25', 'no address'],
    ['2001:db8::1:25', 'without brackets nobody can tell the port'],
    ['[192.0.2.1]:25', 'brackets are for IPv6'],
    ['mail.example.org:25', 'a name may mean anything'],
    ['all', 'no port'],
    [' 25', 'a blank'],
  ];
  for (const [text, why] of wrong) {
    it(`not ${JSON.stringify(text)}: ${why}`, () => assert.equal(parsePlace(text), null));
  }

  const given: [string, unknown, unknown][] = [
    ['listeners.smtp', ['*:25', ' 587 '], ['all:25', '587']],
    ['listeners.smtp', ['0.0.0.0:25', 'LOCALHOST:26'], ['all:25', 'loopback:26']],
    ['listeners.smtp', [], []],
    ['listeners.smtp', ['25', '25'], /twice/],
    ['listeners.smtp', ['smtp'], /Give ports such as 25/],
    ['listeners.smtp', Array.from({ length: 21 }, (_, index) => String(index + 1)), /At most 20/],
    ['listeners.lmtp', ['24', 'loopback:25', '127.0.0.9:26', '[::1]:27'], 'itself'],
    ['listeners.lmtp', ['all:24'], /of this machine alone/],
    ['listeners.lmtp', ['192.0.2.1:24'], /of this machine alone/],
    ['listeners.lmtp', ['nonsense'], /Give/],
  ];
  for (const [key, value, wanted] of given) {
    it(`${key} = ${JSON.stringify(value).slice(0, 60)}`, () => {
      const parsed = findSetting(key).schema.safeParse(value);
      if (wanted instanceof RegExp) {
        assert.match(parsed.error?.issues[0]?.message ?? '', wanted);
      } else assert.deepEqual(parsed.data, wanted === 'itself' ? value : wanted);
    });
  }
});

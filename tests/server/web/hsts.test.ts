// Where Strict-Transport-Security is sent: nowhere that it would shut somebody out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseHsts } from '#server/web/hsts.ts';

const at = (host: string, port: number) => ({ host, port });
const half = 'max-age=15552000';

describe('Strict-Transport-Security', () => {
  const cases: [string, { host: string; port: number }[], number[], string | null][] = [
    ['https alone', [], [443], half],
    ['https alone, at another port', [], [8443], half],
    ['http for a proxy or a tunnel', [at('loopback', 3000), at('127.0.0.1', 80)], [443], half],
    ['80 beside 443', [at('all', 80), at('192.0.2.1', 80)], [8443, 443], half],
    ['80 without 443', [at('all', 80)], [8443], null],
    ['another plain port', [at('all', 80), at('all', 3000)], [443], null],
    ['another plain port at an address', [at('192.0.2.1', 8080)], [443], null],
  ];
  for (const [reason, plain, secure, expected] of cases) {
    it(reason, () => assert.equal(chooseHsts(180, 'mail.test', { plain, secure }), expected));
  }

  it('is not for 0 days, nor for names of this machine', () => {
    const ways = { plain: [], secure: [443] };
    assert.equal(chooseHsts(0, 'mail.test', ways), null);
    for (const host of ['localhost', 'localhost:3000', 'a.localhost:1', '']) {
      assert.equal(chooseHsts(180, host, ways), null, host);
    }
    assert.equal(chooseHsts(180, 'localhost.example.org', ways), half);
  });
});

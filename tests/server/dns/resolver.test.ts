import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  forgetAnswers,
  resolveAddresses,
  resolveMx,
  resolvePtr,
  resolveTxt,
} from '#server/dns/resolver.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns({
    'example.test': { MX: ['20 mx2.example.test', '10 MX1.example.test'], TXT: ['v=spf1 -all'] },
    'null.test': { MX: ['0 .'] },
    'mx1.example.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
    'only6.example.test': { AAAA: ['2001:db8::6'] },
    'broken.test': 'SERVFAIL',
    'refused.test': 'REFUSED',
    'xn--bcher-kva.test': { A: ['192.0.2.7'] },
    '4.3.2.127.in-addr.arpa': { PTR: ['host.example.test', 'bad name\r\n.test'] },
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
      PTR: ['six.example.test'],
    },
  });
  await dns.use();
});
beforeEach(() => forgetAnswers());
after(async () => {
  await dns.close();
  await database.close();
});

describe('resolver', () => {
  it('gives MX records', async () => {
    const answer = await resolveMx('Example.Test.');
    assert.equal(answer.status, 'ok');
    const records = answer.status === 'ok' ? answer.records : [];
    assert.deepEqual(
      records.toSorted((a, b) => a.preference - b.preference),
      [
        { exchange: 'mx1.example.test', preference: 10 },
        { exchange: 'mx2.example.test', preference: 20 },
      ],
    );
  });

  it('shows a null MX', async () => {
    assert.deepEqual(await resolveMx('null.test'), {
      status: 'ok',
      records: [{ exchange: '', preference: 0 }],
    });
  });

  it('gives both families of addresses, and one where there is one', async () => {
    assert.deepEqual(await resolveAddresses('mx1.example.test'), {
      status: 'ok',
      records: ['192.0.2.1', '2001:db8::1'],
    });
    const six = await resolveAddresses('only6.example.test');
    assert.deepEqual(six, { status: 'ok', records: ['2001:db8::6'] });
  });

  it('asks for U-labels as A-labels', async () => {
    const answer = await resolveAddresses('bücher.test');
    assert.deepEqual(answer, { status: 'ok', records: ['192.0.2.7'] });
  });

  it('says none for NXDOMAIN and NODATA only', async () => {
    assert.deepEqual(await resolveMx('nowhere.test'), { status: 'none', isNoName: true });
    assert.deepEqual(await resolveMx('mx1.example.test'), { status: 'none' });
    assert.equal((await resolveMx('broken.test')).status, 'failed');
    assert.equal((await resolveTxt('refused.test')).status, 'failed');
    assert.equal((await resolveAddresses('broken.test')).status, 'failed');
  });

  it('joins nothing but strings, TXT and PTR', async () => {
    assert.deepEqual(await resolveTxt('example.test'), { status: 'ok', records: ['v=spf1 -all'] });
    const answer = await resolvePtr('127.2.3.4');
    assert.deepEqual(answer, { status: 'ok', records: ['host.example.test'] });
    const six = await resolvePtr('2001:db8::1');
    assert.deepEqual(six, { status: 'ok', records: ['six.example.test'] });
  });

  it('asks nothing for what is no name', async () => {
    const before = dns.questions.length;
    for (const text of [
      '',
      '.',
      'a..b',
      'x y.test',
      'a\r\nb.test',
      '192.0.2.1',
      `${'a'.repeat(64)}.test`,
    ]) {
      assert.deepEqual(await resolveMx(text), { status: 'none' }, text);
    }
    assert.deepEqual(await resolvePtr('no address'), { status: 'none' });
    assert.equal(dns.questions.length, before);
  });

  it('remembers an answer for a moment', async () => {
    await resolveMx('example.test');
    const before = dns.questions.length;
    await resolveMx('example.test');
    assert.equal(dns.questions.length, before);
  });
});

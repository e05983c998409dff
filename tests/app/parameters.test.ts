// What comes from the address bar and from headers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildHref, readPage, readParameters } from '../../app/(admin)/parameters.ts';
import { isOwnPath } from '../../app/own-path.ts';
import { remoteAddress } from '../../app/remote-address.ts';

describe('isOwnPath', () => {
  const cases: { path: string; isOwn: boolean; why: string }[] = [
    { path: '/mail', isOwn: true, why: 'a page' },
    { path: '/admin/users?q=a%20b&page=2', isOwn: true, why: 'with parameters' },
    { path: '/', isOwn: true, why: 'the start' },
    { path: '', isOwn: false, why: 'nothing' },
    { path: 'mail', isOwn: false, why: 'relative' },
    { path: '//evil.example', isOwn: false, why: 'another host' },
    { path: '/\\evil.example', isOwn: false, why: 'browsers read \\ as /' },
    { path: '/a\\b', isOwn: false, why: 'no backslash at all' },
    { path: '/\t/evil.example', isOwn: false, why: 'browsers drop tabs' },
    { path: 'https://evil.example', isOwn: false, why: 'absolute' },
    { path: 'javascript:alert(1)', isOwn: false, why: 'a script' },
    { path: `/${'a'.repeat(3000)}`, isOwn: false, why: 'too long' },
  ];
  for (const { path, isOwn, why } of cases) {
    it(`${why}: ${JSON.stringify(path.slice(0, 40))} is ${isOwn ? '' : 'not '}ours`, () => {
      assert.equal(isOwnPath(path), isOwn);
    });
  }
});

describe('remoteAddress', () => {
  const cases: { value: string | string[] | undefined; address: string; why: string }[] = [
    { value: '192.0.2.1', address: '192.0.2.1', why: 'one address' },
    { value: '203.0.113.9, 192.0.2.1', address: '192.0.2.1', why: 'the last, nearest to us' },
    { value: ['203.0.113.9', '::1'], address: '::1', why: 'two header lines' },
    { value: undefined, address: '', why: 'no header' },
    { value: 'unknown', address: '', why: 'no address' },
    { value: '<script>', address: '', why: 'hostile text' },
  ];
  for (const { value, address, why } of cases) {
    it(why, () => assert.equal(remoteAddress(value), address));
  }
});

describe('parameters of lists', () => {
  it('takes the first of repeated ones and limits the length', async () => {
    const given = Promise.resolve({ q: ['a', 'b'], long: 'x'.repeat(1000), none: undefined });
    const { q, long, none } = await readParameters(given);
    assert.deepEqual([q, long?.length, none], ['a', 1000, '']);
  });

  it('reads page numbers, and nonsense as 1', () => {
    assert.deepEqual(
      ['3', '0', '-1', '1.5', 'x', undefined, '1e9'].map(readPage),
      [3, 1, 1, 1, 1, 1, 1],
    );
  });

  it('leaves out what is empty and the first page', () => {
    assert.equal(buildHref('/admin/users', { q: '', page: 1 }), '/admin/users');
    assert.equal(buildHref('/admin/users', { q: 'a b', page: 2 }), '/admin/users?q=a+b&page=2');
  });
});

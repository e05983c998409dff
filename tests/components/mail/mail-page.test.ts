// The pure parts of the mail page: its URL, its keys, its dates, its people.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksLikeAddress, splitPeople } from '#components/mail/people.ts';
import { type Place, readPlace, toUrl } from '#components/mail/state/place.ts';

describe('place', () => {
  const usual: Place = {
    folder: 'INBOX',
    query: '',
    sort: 'newest',
    page: 1,
    uid: null,
    filter: null,
  };
  const cases: [url: string, place: Partial<Place>][] = [
    ['/mail/INBOX', {}],
    ['/mail/INBOX?message=5', { uid: 5 }],
    [
      '/mail/Projekte/%C3%9Cber%20uns?q=a%26b&sort=from&page=3',
      { folder: 'Projekte/Über uns', query: 'a&b', sort: 'from', page: 3 },
    ],
    ['/mail/100%25%3F', { folder: '100%?' }],
  ];
  for (const [url, change] of cases) {
    it(url, () => {
      const place = { ...usual, ...change };
      const parsed = new URL(url, 'http://x');
      assert.deepEqual(readPlace(parsed.pathname, parsed.searchParams), place);
      const written = new URL(toUrl(place), 'http://x');
      assert.deepEqual(readPlace(written.pathname, written.searchParams), place);
    });
  }

  it('falls back where the URL is nonsense', () => {
    const search = new URLSearchParams('page=-1&sort=evil&message=1e99');
    assert.deepEqual(readPlace('/mail/%E0%A4%A', search), { ...usual, folder: '%E0%A4%A' });
    assert.deepEqual(readPlace('/mail', new URLSearchParams()), usual);
  });
});

describe('people', () => {
  it('reads pasted lists', () => {
    assert.deepEqual(splitPeople('Ann <a@b.c>, "Lee, Bob" <d@e.f>;g@h.i\nj@k.l,'), [
      { name: 'Ann', address: 'a@b.c' },
      { name: 'Lee, Bob', address: 'd@e.f' },
      { name: '', address: 'g@h.i' },
      { name: '', address: 'j@k.l' },
    ]);
  });
  it('knows what looks like an address', () => {
    assert.deepEqual(['a@b', 'a b@c', 'a', '@b', 'a@b@c', ' a@b.c '].map(looksLikeAddress), [
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
  });
});

// Rolls and ranges against plain lists, without a database.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entry } from '#server/store/entry.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { RollBuilder } from '#server/store/roll.ts';
import { deriveUids, shareUids } from '#server/store/uid-list.ts';
import {
  intersectRanges,
  listMissing,
  type Range,
  sortRanges,
  toRanges,
} from '#server/store/uid-range.ts';

function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

describe('a roll', () => {
  for (const seed of [1, 2, 3, 4]) {
    test(`follows random changes, seed ${seed}`, () => {
      const random = makeRandom(seed);
      const model = new Map<number, Entry>();
      let roll = new RollBuilder().finish(0);
      for (let modseq = 1; modseq <= 300; modseq++) {
        const uids = [...model.keys()];
        const vanished = uids.filter(() => random(20) === 0).sort((a, b) => a - b);
        for (const uid of vanished) model.delete(uid);
        const next = Math.max(0, ...uids) + 1;
        const fresh = Array.from({ length: random(30) }, (_, at) => next + at * (1 + random(2)));
        // Now and then one that was there before comes back.
        const back = random(10) === 0 ? [1 + random(next)] : [];
        const touched = [...model.keys()].filter(() => random(15) === 0);
        const changed: Entry[] = [];
        for (const uid of new Set([...fresh, ...back, ...touched].sort((a, b) => a - b))) {
          if (vanished.includes(uid)) continue;
          // So many different words that old ones have to be forgotten.
          const keywords = random(2) === 0 ? '' : `w${modseq}-${random(50)}`;
          const entry = { uid, modseq, flags: random(32), keywords };
          changed.push(entry);
          model.set(uid, entry);
        }
        const before = [...roll.entries()];
        const followed = roll.follow(modseq, changed, [...vanished, next + 1000]);
        assert.deepEqual([...roll.entries()], before, 'the former one stays as it was');
        const expected = [...model.values()].sort((a, b) => a.uid - b.uid);
        assert.deepEqual([...followed.entries()], expected);
        const words = new Set(
          expected.map(({ keywords }) => keywords).filter((text) => text !== ''),
        );
        assert.deepEqual(new Set(followed.listKeywords()), words);
        assert.equal(followed.size, expected.length);
        const unseen = expected.map(({ flags }) => (flags & FLAG.seen) === 0);
        assert.equal(followed.unseen, unseen.filter(Boolean).length);
        // Not always: what nobody has asked for is carried on too.
        if (random(2) === 0) assert.equal(followed.firstUnseen, unseen.indexOf(true));
        assert.ok(followed.bytes < 100_000 + 100 * followed.size, 'stale words are forgotten');
        roll = followed;
      }
    });
  }

  test('shares what was derived alike, and nothing else', () => {
    const list = shareUids(Uint32Array.from({ length: 1000 }, (_, at) => 2 * at + 2));
    assert.equal(shareUids(Uint32Array.from(list)), list);
    const one = deriveUids(list, [4, 8], [3000]);
    assert.equal(deriveUids(list, [4, 8], [3000]), one);
    assert.equal(deriveUids(one, [], [3001]), deriveUids(list, [4, 8], [3000, 3001]));
    const apart = deriveUids(deriveUids(list, [], [3000]), [4, 8], []);
    assert.equal(apart, one, 'in another order');
    assert.notEqual(deriveUids(list, [4], [3000]), one);
    assert.deepEqual([...deriveUids(list, [5, 2000], []).slice(-2)], [1996, 1998]);
    assert.equal(deriveUids(list, [], []), list);
  });
});

test('ranges of UIDs', () => {
  const random = makeRandom(5);
  for (let turn = 0; turn < 300; turn++) {
    const ranges = () => Array.from({ length: random(8) }, (): Range => [random(60), random(60)]);
    const [one, other] = [ranges(), ranges()];
    const covers = (list: Range[], uid: number) =>
      list.some(([a, b]) => uid >= Math.min(a, b) && uid <= Math.max(a, b));
    const all = Array.from({ length: 40 }, (_, at) => at + 1);
    const [sortedOne, sortedOther] = [sortRanges(one, 40), sortRanges(other, 40)];
    assert.deepEqual(sortedOne, toRanges(all.filter((uid) => covers(one, uid))));
    const both = all.filter((uid) => covers(one, uid) && covers(other, uid));
    assert.deepEqual(sortRanges(intersectRanges(sortedOne, sortedOther), 40), toRanges(both));
    const uids = all.filter(() => random(2) === 0);
    const missing = all.filter((uid) => covers(one, uid) && !uids.includes(uid));
    assert.deepEqual(listMissing(sortedOne, Uint32Array.from(uids)), toRanges(missing));
  }
});

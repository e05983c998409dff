// The numbering of a session: what is told when, and what numbers mean meanwhile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Update, View } from '#server/imap/view.ts';
import type { Entry } from '#server/store/journal.ts';

const entry = (uid: number, modseq = 1, flags = 0): Entry => ({ uid, modseq, flags, keywords: '' });

type Step =
  | {
      changed?: [uid: number, modseq: number, flags?: number][];
      vanished?: number[];
      modseq?: number;
    }
  | { answered: [uid: number, modseq: number][] }
  | { tell: 'all' | 'no expunge'; told: string[] }
  | { numbers: number[] };

function show(update: Update): string {
  if (update.kind === 'expunge') return `${update.number} EXPUNGE`;
  if (update.kind === 'vanished') return `VANISHED ${update.uids.join(',')}`;
  if (update.kind === 'flags') return `${update.number} FETCH ${update.entry.flags}`;
  return `${update.count} ${update.kind.toUpperCase()}`;
}

const tables: { name: string; uids: number[]; steps: Step[] }[] = [
  { name: 'nothing happened', uids: [1, 2], steps: [{ tell: 'all', told: [] }] },
  {
    name: 'a message arrives',
    uids: [1],
    steps: [
      { changed: [[5, 2]] },
      { tell: 'no expunge', told: ['2 EXISTS', '0 RECENT'] },
      { tell: 'all', told: [] },
    ],
  },
  {
    name: 'one in the middle goes: later, with its number of then',
    uids: [1, 2, 3],
    steps: [
      { vanished: [2] },
      { tell: 'no expunge', told: [] },
      { numbers: [1, 2, 3] },
      { tell: 'all', told: ['2 EXPUNGE'] },
      { numbers: [1, 3] },
    ],
  },
  {
    name: 'a run repeats its number, since each lowers the rest',
    uids: [1, 2, 3, 4, 5],
    steps: [
      { vanished: [1, 2, 4] },
      { tell: 'all', told: ['1 EXPUNGE', '1 EXPUNGE', '2 EXPUNGE'] },
      { numbers: [3, 5] },
    ],
  },
  {
    name: 'arrivals behind waiting expunges are counted with them',
    uids: [1, 2],
    steps: [
      { vanished: [1] },
      { changed: [[3, 3]] },
      { tell: 'no expunge', told: ['3 EXISTS', '0 RECENT'] },
      { tell: 'all', told: ['1 EXPUNGE'] },
      { numbers: [2, 3] },
    ],
  },
  {
    name: 'came and went before it was told',
    uids: [1],
    steps: [
      { changed: [[2, 2]] },
      { vanished: [2], modseq: 3 },
      { tell: 'all', told: ['2 EXISTS', '2 EXPUNGE'] },
      { numbers: [1] },
    ],
  },
  {
    name: 'what nobody was told of may vanish unheard',
    uids: [1],
    steps: [{ vanished: [7] }, { tell: 'all', told: [] }],
  },
  {
    name: 'flags of others, once, the newest',
    uids: [1, 2],
    steps: [
      { changed: [[2, 2, 1]] },
      { changed: [[2, 3, 5]] },
      { tell: 'no expunge', told: ['2 FETCH 5'] },
      { tell: 'all', told: [] },
    ],
  },
  {
    name: 'own change is not told again, a later one of others is',
    uids: [1, 2],
    steps: [
      { answered: [[1, 5]] },
      {
        changed: [
          [1, 5, 1],
          [2, 4, 1],
        ],
        modseq: 5,
      },
      { tell: 'all', told: ['2 FETCH 1'] },
      { changed: [[1, 6, 0]], modseq: 6 },
      { tell: 'all', told: ['1 FETCH 0'] },
    ],
  },
  {
    name: 'others changed it after our own change, before we looked',
    uids: [1],
    steps: [
      { answered: [[1, 5]] },
      { changed: [[1, 6, 9]], modseq: 6 },
      { tell: 'all', told: ['1 FETCH 9'] },
    ],
  },
  {
    name: 'flags of one that is gone are not told',
    uids: [1, 2],
    steps: [
      { changed: [[1, 2, 1]] },
      { vanished: [1] },
      { tell: 'no expunge', told: [] },
      { tell: 'all', told: ['1 EXPUNGE'] },
    ],
  },
  {
    name: 'flags after expunges carry the new numbers',
    uids: [1, 2],
    steps: [
      { vanished: [1] },
      { changed: [[2, 3, 1]] },
      { tell: 'all', told: ['1 EXPUNGE', '1 FETCH 1'] },
    ],
  },
];

describe('IMAP view', () => {
  for (const { name, uids, steps } of tables) {
    it(name, () => {
      const view = new View(Uint32Array.from(uids), 1);
      for (const step of steps) {
        if ('tell' in step) assert.deepEqual(view.tell(step.tell === 'all').map(show), step.told);
        else if ('numbers' in step) {
          assert.deepEqual([...view.uids], step.numbers);
          for (const [index, uid] of step.numbers.entries())
            assert.equal(view.numberOf(uid), index + 1);
        } else if ('answered' in step)
          view.markAnswered(step.answered.map(([uid, m]) => entry(uid, m)));
        else {
          const changed = (step.changed ?? []).map(([uid, modseq, flags]) =>
            entry(uid, modseq, flags),
          );
          view.apply({ changed, vanished: step.vanished ?? [] }, step.modseq ?? 2);
        }
      }
    });
  }

  it('resolves numbers and UIDs', () => {
    const star = Number.POSITIVE_INFINITY;
    const view = new View(Uint32Array.of(3, 5, 9), 1);
    assert.deepEqual(view.resolveNumbers([[2, star]]), [2, 3]);
    assert.equal(view.resolveNumbers([[2, 4]]), null);
    assert.deepEqual(view.resolveUids([[4, 9]]), [5, 9]);
    assert.deepEqual(view.resolveUids([[100, star]]), [9]);
    assert.deepEqual(view.resolveUids([[1, 4294967295]]), [3, 5, 9]);
    assert.deepEqual(new View(new Uint32Array(0), 1).resolveNumbers([[1, star]]), []);
    assert.equal(new View(new Uint32Array(0), 1).resolveNumbers([[1, 1]]), null);
  });

  it('knows what is recent', () => {
    const view = new View(Uint32Array.of(3, 5, 9), 1);
    view.addRecent(5, 10);
    assert.equal(view.recentCount, 2);
    assert.equal(view.isRecent(3), false);
    assert.equal(view.isRecent(9), true);
    assert.deepEqual(view.tell(true).map(show), ['2 RECENT']);
  });
});

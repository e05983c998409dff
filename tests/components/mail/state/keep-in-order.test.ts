// Options that are changed faster than the server answers.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Keeper, keepInOrder } from '#components/mail/state/keep-in-order.ts';

type Options = { theme: string; rows: number };

describe('changes on their way', () => {
  let sent: { change: Partial<Options>; answer: PromiseWithResolvers<void> }[];
  let keeper: Keeper<Options>;
  const changes = () => sent.map(({ change }) => change);
  /** Lets everything happen that waits for no answer. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    sent = [];
    keeper = keepInOrder({ theme: 'light', rows: 50 }, (change) => {
      const answer = Promise.withResolvers<void>();
      sent.push({ change, answer });
      return answer.promise;
    });
  });

  it('go one after another, whatever became of the one before', async () => {
    const first = keeper.keep({ theme: 'dark' });
    const second = keeper.keep({ theme: 'system' });
    await settle();
    assert.deepEqual(changes(), [{ theme: 'dark' }]);
    sent[0]?.answer.reject(new Error('no'));
    // The newer one stays to be seen.
    assert.deepEqual(await first, { isKept: false, error: new Error('no'), undo: {} });
    await settle();
    assert.deepEqual(changes(), [{ theme: 'dark' }, { theme: 'system' }]);
    sent[1]?.answer.resolve();
    assert.deepEqual(await second, { isKept: true });
  });

  it('go back to what the server keeps', async () => {
    const all = [keeper.keep({ rows: 20 }), keeper.keep({ theme: 'dark', rows: 100 })];
    await settle();
    sent[0]?.answer.resolve();
    await settle();
    const error = new Error('no');
    sent[1]?.answer.reject(error);
    assert.deepEqual(await Promise.all(all), [
      { isKept: true },
      { isKept: false, error, undo: { theme: 'light', rows: 20 } },
    ]);
  });

  it('go all at once when the page is left, the newest of each option', async () => {
    const all = [{ rows: 20 }, { theme: 'dark' }, { rows: 100 }].map(keeper.keep);
    await settle();
    keeper.hurry();
    keeper.hurry();
    assert.deepEqual(changes(), [{ rows: 20 }, { theme: 'dark', rows: 100 }]);
    for (const { answer } of sent) answer.resolve();
    assert.deepEqual(await Promise.all(all), Array(3).fill({ isKept: true }));
    void keeper.keep({ rows: 50 });
    await settle();
    assert.deepEqual(changes().at(-1), { rows: 50 });
  });
});

// Long searches say how far they are, for INPROGRESS (RFC 9585).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { formatProgress } from '#server/imap/progress.ts';
import { searchMessages } from '#server/store/search/search.ts';
import { sortMessages } from '#server/store/search/sort.ts';
import { threadMessages } from '#server/store/search/thread-index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount } from './fixture.ts';

const size = 450;

describe('progress', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let account: string;
  let box: string;
  const uids = Array.from({ length: size }, (_unused, at) => at + 1);

  before(async () => {
    database = await openTestDatabase();
    account = await makeAccount();
    box = (await mailboxOf(account, 'INBOX')).id;
    await appendTexts(
      account,
      box,
      uids.map((uid) => `From: f${uid}@x\nSubject: s${uid % 7}\n\ntext`),
    );
  });
  after(() => database.close());

  it('of a search ends at its goal', async () => {
    const progress = { done: 0, goal: 0 };
    await searchMessages(
      account,
      box,
      { kind: 'header', name: 'x-none', value: 'a' },
      undefined,
      progress,
    );
    assert.deepEqual(progress, { done: size, goal: size });
  });

  it('of a sort counts each key', async () => {
    const progress = { done: 0, goal: 0 };
    const keys = (['from', 'subject'] as const).map((key) => ({ key, isReverse: false }));
    await sortMessages(account, box, uids, keys, undefined, progress);
    assert.deepEqual(progress, { done: 2 * size, goal: 2 * size });
  });

  it('of threads', async () => {
    const progress = { done: 0, goal: 0 };
    const asked = { uids, algorithm: 'REFS' } as const;
    await threadMessages(account, box, asked, undefined, progress);
    assert.equal(progress.goal, size);
    assert.ok(progress.done > 0 && progress.done < size);
  });

  it('is told below its goal, or not at all', () => {
    assert.equal(formatProgress({ done: 0, goal: 0 }), 'NIL NIL');
    assert.equal(formatProgress({ done: 3, goal: 10 }), '3 10');
    assert.equal(formatProgress({ done: 10, goal: 10 }), '9 10');
  });
});

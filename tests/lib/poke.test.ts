// Hints across processes: another one hears what was poked here, whatever the database; its own pokes do not
// come back; what nobody poked for is "elsewhere".
import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { db, write } from '#lib/db.ts';
import { onPoke, poke, type Topic, watchOtherProcesses } from '#lib/poke.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import { type OtherProcess, startOtherProcess } from './other-process.ts';

const database = await openTestDatabase();
const others: OtherProcess[] = [];
const start = async () => {
  const other = await startOtherProcess();
  others.push(other);
  return other;
};
const ends: (() => void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  for (const other of others.splice(0)) await other.kill();
});
after(database.close);

/** Counts pokes of a topic until the test ends. */
function count(topic: Topic): () => number {
  let times = 0;
  ends.push(onPoke(topic, () => times++));
  return () => times;
}

let commits = 0;
/** Of another value each time: SQLite does not write what is there already. */
const commit = () => {
  const row = { value: String(commits++), updatedAt: new Date() };
  const where = { id: 'here' };
  return write((tx) => tx.setting.upsert({ where, create: { ...where, ...row }, update: row }));
};

/** Watches, and waits until whatever was before is told. */
async function watch(): Promise<void> {
  await db.setting.count();
  const elsewhere = count('elsewhere');
  ends.push(watchOtherProcesses());
  await waitFor(() => elsewhere() > 0, 'its first look');
}

describe('a poke', () => {
  it('reaches the listeners of its topic in this process at once, until they end', () => {
    const mine = count('mailbox:a:b');
    const account = count('account:a');
    poke('mailbox:a:b');
    assert.deepEqual([mine(), account()], [1, 0]);
    for (const end of ends.splice(0)) end();
    poke('mailbox:a:b');
    assert.equal(mine(), 1);
  });

  it('tells a commit of another process', async () => {
    await watch();
    const other = await start();
    const elsewhere = count('elsewhere');
    other.tell({ kind: 'write', id: 'there' });
    await waitFor(() => elsewhere() > 0, 'a commit without a poke');
  });

  it('keeps its topic on the way to another process where the database carries it', async () => {
    await watch();
    const other = await start();
    const topics: Topic[] = ['mailbox:Aa_-1:Bb2', 'account:Aa_-1', 'queue', 'settings'];
    const counts = topics.map(count);
    const elsewhere = count('elsewhere');
    const otherMailbox = count('mailbox:Aa_-1:other');
    other.tell({ kind: 'write', id: 'there', topics });
    // Where anything may have changed, that is told too, whatever the topic was.
    const isTold = () => counts.every((each) => each() > 0) || elsewhere() > 0;
    await waitFor(isTold, 'the topics');
    assert.equal(otherMailbox(), 0);
  });

  it('is "elsewhere" where the topics are too many to say', {
    skip: !testServerUrl && 'only PostgreSQL',
  }, async () => {
    await watch();
    const other = await start();
    const elsewhere = count('elsewhere');
    const topics = Array.from(
      { length: 300 },
      (_, index): Topic => `account:${'x'.repeat(25)}${index}`,
    );
    other.tell({ kind: 'write', id: 'there', topics });
    await waitFor(() => elsewhere() > 0, 'elsewhere');
  });

  it('of a process that ends right after it is heard', async () => {
    await watch();
    const other = await start();
    const mine = count('mailbox:a:b');
    const elsewhere = count('elsewhere');
    other.tell({ kind: 'write', id: 'there', topics: ['mailbox:a:b'] });
    await other.hear('held');
    other.tell({ kind: 'end' });
    await waitFor(() => mine() + elsewhere() > 0, 'the last word');
  });

  it('does not come back as "elsewhere"', async () => {
    await watch();
    const other = await start();
    const elsewhere = count('elsewhere');
    const marker = count('queue');
    /** How often it is told, until the other one's word: that comes after ours, which would have been heard by then. */
    const countElsewhere = async () => {
      const [before, marked] = [elsewhere(), marker()];
      await commit();
      poke('mailbox:a:b');
      await commit();
      // A commit of its own might be told as "elsewhere" where its poke is late; SQLite carries nothing else.
      if (testServerUrl) await other.ask({ kind: 'poke', topic: 'queue' });
      else await other.ask({ kind: 'write', id: 'there' });
      const isHeard = () => marker() > marked || (!testServerUrl && elsewhere() > before);
      await waitFor(isHeard, 'the marker');
      return elsewhere() - before;
    };
    // PostgreSQL: every five seconds anything may have changed, also in the midst of this.
    if (testServerUrl) await waitFor(async () => (await countElsewhere()) === 0, 'none of it');
    else assert.equal(await countElsewhere(), 1);
  });

  it('comes to another process within moments', async (test) => {
    const other = await start();
    await other.ask({ kind: 'listen', topics: ['mailbox:a:b', 'elsewhere'] });
    await other.hear('heard');
    const times: number[] = [];
    for (let round = 0; round < 10; round++) {
      await commit();
      const at = performance.timeOrigin + performance.now();
      poke('mailbox:a:b');
      const heard = await other.hear('heard');
      times.push(heard.at - at);
    }
    times.sort((one, two) => one - two);
    test.diagnostic(`typically ${times[5]?.toFixed(0)} ms, at most ${times.at(-1)?.toFixed(0)} ms`);
  });
});

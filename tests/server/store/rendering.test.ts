// Renderings are made anew in the background: what another version made, and what is missing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { replaceRenderings } from '#server/store/bodies/rendering.ts';
import { renderInBackground } from '#server/store/bodies/rendering-job.ts';
import { readRendered } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());
const dayMs = 86_400_000;

/** Appends bodies that no other test has; returns their numbers. */
async function makeBodies(name: string, count: number, sizeBytes = 0): Promise<number[]> {
  const account = await makeAccount();
  const { id } = await mailboxOf(account, 'INBOX');
  const messages: NewMessage[] = [];
  for (let at = 0; at < count; at++) {
    const text = `From: a@b.test\nSubject: ${name} ${at}\n\nÄ body ${'x'.repeat(sizeBytes)}`;
    messages.push(await makeMessage(text));
  }
  const { uids } = await appendMessages(account, id, messages);
  return (await readRendered(account, id, uids)).map(({ blobId }) => blobId);
}

async function readAll(ids: number[]) {
  const where = { blobId: { in: ids } };
  const orderBy = { blobId: 'asc' } as const;
  const renderings = await db.rendering.findMany({ where, orderBy });
  return { renderings, texts: await db.renderingText.findMany({ where, orderBy }) };
}

/** As another version left them. */
const spoil = (ids: number[], version: number) =>
  write(async (tx) => {
    const where = { blobId: { in: ids } };
    await tx.rendering.updateMany({
      where,
      data: { version, subject: 'old', envelope: Buffer.from('x') },
    });
    await tx.renderingText.updateMany({ where, data: { body: 'old' } });
  });

test('what another version made or nobody did is made anew', async () => {
  const ids = [...(await makeBodies('other', 70)), ...(await makeBodies('long', 2, 90_000))];
  const expected = await readAll(ids);
  assert.equal(expected.renderings.length, 72);
  await spoil(ids.slice(0, 40), FACTS_VERSION - 1);
  await spoil(ids.slice(40, 45), FACTS_VERSION + 1);
  await spoil(ids.slice(70), 0);
  await write(async (tx) => {
    await tx.rendering.deleteMany({ where: { blobId: { in: ids.slice(45, 50) } } });
    await tx.renderingText.deleteMany({ where: { blobId: { in: ids.slice(48, 55) } } });
  });
  assert.deepEqual(await renderInBackground(), { rendered: 57, failed: 0, left: 0 });
  assert.deepEqual(await readAll(ids), expected);
  assert.deepEqual(await renderInBackground(), { rendered: 0, failed: 0, left: 0 });
});

test('a body that cannot be read is named once and stands in nobody’s way', async () => {
  const ids = await makeBodies('unreadable', 5);
  const expected = await readAll(ids);
  await spoil(ids, 1);
  const lost = ids[2]!;
  await write((tx) => tx.blobBytes.deleteMany({ where: { blobId: lost } }));
  assert.deepEqual(await renderInBackground(), { rendered: 4, failed: 1, left: 1 });
  const found = await readAll(ids);
  assert.equal(found.renderings[2]?.version, 1, 'it keeps what it has');
  assert.deepEqual(found.renderings.toSpliced(2, 1), expected.renderings.toSpliced(2, 1));
  assert.deepEqual(await renderInBackground(), { rendered: 0, failed: 0, left: 0 });
});

test('a run that is told to end leaves the rest to the next one', async () => {
  const ids = await makeBodies('stopped', 60);
  const expected = await readAll(ids);
  await spoil(ids, 1);
  await renderInBackground(AbortSignal.abort());
  const stop = new AbortController();
  const run = renderInBackground(stop.signal);
  for (let left = 60; left === 60; ) {
    left = await db.rendering.count({ where: { blobId: { in: ids }, version: 1 } });
    await new Promise(setImmediate);
  }
  stop.abort();
  await run;
  await renderInBackground();
  assert.deepEqual(await readAll(ids), expected);
});

test('missing ones are looked for again the next day', async () => {
  const ids = await makeBodies('later', 3);
  await renderInBackground();
  await write((tx) => tx.rendering.deleteMany({ where: { blobId: ids[1]! } }));
  try {
    freezeClock(new Date(now().getTime() + dayMs));
    assert.equal((await renderInBackground()).rendered, 1);
    assert.equal((await readAll(ids)).renderings.length, 3);
  } finally {
    freezeClock(null);
  }
});

test('nothing is kept of a body that is gone', async () => {
  const [id = 0] = await makeBodies('gone', 1);
  const { body } = await makeMessage('Subject: x\n\n');
  await write((tx) => tx.blob.deleteMany({ where: { id } }));
  await replaceRenderings([{ blobId: id, facts: body.facts }]);
  assert.deepEqual(await readAll([id]), { renderings: [], texts: [] });
});

// UIDs that messages bring along (imports, restores): kept where that is possible, never used twice.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { db, write } from '#lib/db.ts';
import { appendIn, appendMessages, type NewMessage } from '#server/store/append.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { lastUid } from '#server/store/mailbox-row.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

async function makeMessages(uids: (number | undefined)[]): Promise<NewMessage[]> {
  const message = await makeMessage('Subject: x\n\nbody');
  return uids.map((uid) => ({ ...message, ...(uid === undefined ? {} : { uid }) }));
}

async function uidNextOf(accountId: string, id: string): Promise<number> {
  return Number(
    (await db.mailbox.findUniqueOrThrow({ where: { accountId_id: { accountId, id } } })).uidNext,
  );
}

const cases: { why: string; wanted: (number | undefined)[][]; given: number[][]; next: number }[] =
  [
    { why: 'the next one, told or not', wanted: [[1, undefined, 3]], given: [[1, 2, 3]], next: 4 },
    { why: 'gaps are kept', wanted: [[5, 9, 100]], given: [[5, 9, 100]], next: 101 },
    {
      why: 'after a kept one it goes on behind it',
      wanted: [[7, undefined]],
      given: [[7, 8]],
      next: 9,
    },
    { why: 'a used one: the next', wanted: [[5], [5], [5]], given: [[5], [6], [7]], next: 8 },
    { why: 'one that was skipped is gone', wanted: [[10], [3]], given: [[10], [11]], next: 12 },
    { why: 'ascending in a request', wanted: [[9, 4, 9, 20]], given: [[9, 10, 11, 20]], next: 21 },
    {
      why: 'ordinary mail in between',
      wanted: [[undefined], [8], [undefined]],
      given: [[1], [8], [9]],
      next: 10,
    },
  ];

describe('a UID that a message brings along', () => {
  for (const { why, wanted, given, next } of cases) {
    test(why, async () => {
      for (const isTogether of [false, true]) {
        const account = await makeAccount();
        const inbox = await mailboxOf(account, 'INBOX');
        const requests = await Promise.all(wanted.map(makeMessages));
        const found: number[][] = [];
        if (isTogether) {
          const all = await Promise.all(
            requests.map((request) => appendMessages(account, inbox.id, request)),
          );
          found.push(...all.map(({ uids }) => uids));
        } else {
          for (const request of requests) {
            found.push((await appendMessages(account, inbox.id, request)).uids);
          }
        }
        assert.deepEqual(found, given);
        assert.equal(await uidNextOf(account, inbox.id), next);
        await checkCounters(account);
      }
    });
  }

  test('is not used again after the message has gone', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    await appendMessages(account, inbox.id, await makeMessages([50]));
    await removeMessages(account, inbox.id, [50]);
    const { uids } = await appendMessages(account, inbox.id, await makeMessages([50]));
    assert.deepEqual(uids, [51]);
  });

  test('has its own row of numbers in each mailbox', async () => {
    const [one, other] = [await makeAccount(), await makeAccount()];
    const places = [
      { accountId: one, mailboxId: (await mailboxOf(one, 'INBOX')).id },
      { accountId: other, mailboxId: (await mailboxOf(other, 'INBOX')).id },
    ];
    const [message] = await makeMessages([30]);
    const uids = await write(async (tx) => {
      const found: number[] = [];
      for (const { accountId, mailboxId } of [...places, ...places]) {
        found.push((await appendIn(tx, accountId, mailboxId, message!)).uid);
      }
      return found;
    });
    assert.deepEqual(uids, [30, 30, 31, 31]);
  });

  test('what is no UID is refused, and leaves nothing', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    for (const uid of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const messages = await makeMessages([undefined, uid]);
      await assert.rejects(appendMessages(account, inbox.id, messages), { reason: 'invalid' });
    }
    for (const uid of [lastUid, 2 ** 32, 2 ** 40]) {
      const messages = await makeMessages([undefined, uid]);
      await assert.rejects(appendMessages(account, inbox.id, messages), { reason: 'limit' });
    }
    assert.equal(await uidNextOf(account, inbox.id), 1);
    await checkCounters(account);
    // RFC 3501 §2.3.1.1: 32 bits, and UIDNEXT has to fit too.
    const last = await appendMessages(account, inbox.id, await makeMessages([lastUid - 1]));
    assert.deepEqual(last.uids, [lastUid - 1]);
    await assert.rejects(appendMessages(account, inbox.id, await makeMessages([undefined])), {
      reason: 'limit',
    });
  });
});

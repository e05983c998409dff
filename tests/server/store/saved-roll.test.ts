// Rolls that were saved: read instead of the rows, brought up to date, and never believed where they are not true.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeDatabase, db, type Tx, write } from '#lib/db.ts';
import { appendMessages } from '#server/store/append.ts';
import { repairStore } from '#server/store/check/index.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { deleteContent } from '#server/store/mailbox-removal.ts';
import type { Mailbox } from '#server/store/mailbox-row.ts';
import { RollBuilder } from '#server/store/roll.ts';
import { packRoll, unpackRoll } from '#server/store/roll-bytes.ts';
import { readSavedRoll, saveRoll } from '#server/store/saved-roll.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount, makeMessage } from './fixture.ts';

describe('a roll as bytes', () => {
  function makeRoll(count: number, hasKeywords: boolean) {
    const builder = new RollBuilder();
    for (let at = 1; at <= count; at++) {
      const keywords = hasKeywords && at % 3 === 0 ? `w${at % 5} Ünï` : '';
      builder.push(3 * at, 2 ** 40 + at, at % 32, keywords);
    }
    return builder.finish(2 ** 41);
  }

  for (const [count, hasKeywords] of [
    [0, false],
    [1, false],
    [1001, false],
    [1001, true],
  ] as const) {
    test(`comes back: ${count} messages, ${hasKeywords ? 'with' : 'without'} keywords`, () => {
      const roll = makeRoll(count, hasKeywords);
      const bytes = packRoll(roll);
      const back = unpackRoll(roll.modseq, [bytes.subarray(0, 13), bytes.subarray(13)])!;
      assert.deepEqual([...back.entries()], [...roll.entries()]);
      assert.deepEqual(back.listKeywords(), roll.listKeywords());
      assert.equal(back.unseen, roll.unseen);
      assert.equal(back.firstUnseen, roll.firstUnseen);
      const changed = [{ uid: 9, modseq: 2 ** 42, flags: 31, keywords: 'new' }];
      const followed = [...roll.follow(2 ** 42, changed, [6]).entries()];
      assert.deepEqual([...back.follow(2 ** 42, changed, [6]).entries()], followed);
    });
  }

  test('is none where a byte is another one, or missing, or too many', () => {
    const bytes = packRoll(makeRoll(40, true));
    for (let at = 0; at < bytes.length; at++) {
      const bad = Uint8Array.from(bytes);
      bad[at] = bad[at]! ^ 4;
      assert.equal(unpackRoll(1, [bad]), null, `byte ${at}`);
      assert.equal(unpackRoll(1, [bytes.subarray(0, at)]), null, `${at} bytes`);
    }
    assert.equal(unpackRoll(1, [bytes, new Uint8Array(1)]), null);
  });
});

describe('a saved roll', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.close());

  const size = 1100;
  const removed = { where: 'a keyword that no row has' };

  /** An inbox whose roll is saved; the process has forgotten it. */
  async function makeSaved(): Promise<{ account: string; inbox: string; mailbox: Mailbox }> {
    const account = await makeAccount();
    const inbox = (await mailboxOf(account, 'INBOX')).id;
    const message = await makeMessage('Subject: x\n\nbody');
    const messages = Array.from({ length: size }, (_, at) => ({
      ...message,
      flags: at % 2 === 0 ? FLAG.seen : 0,
    }));
    await appendMessages(account, inbox, messages);
    const { mailbox } = await readView(account, inbox);
    assert.equal(await saveRoll(mailbox), true);
    await closeDatabase();
    return { account, inbox, mailbox };
  }

  async function checkView(account: string, inbox: string): Promise<void> {
    const where = { accountId: account, mailboxId: inbox };
    const rows = await db.message.findMany({ where, orderBy: { uid: 'asc' } });
    const { roll, mailbox } = await readView(account, inbox);
    const shown = [...roll.entries()].map((entry) => ({ ...entry }));
    const expected = rows.map(({ uid, modseq, flags, keywords }) => ({
      uid: Number(uid),
      modseq: Number(modseq),
      flags,
      keywords,
    }));
    assert.deepEqual(shown, expected);
    assert.equal(mailbox.messages, rows.length);
    assert.equal(mailbox.unseen, rows.filter(({ flags }) => (flags & FLAG.seen) === 0).length);
    assert.equal(
      roll.firstUnseen,
      rows.findIndex(({ flags }) => (flags & FLAG.seen) === 0),
    );
  }

  const change = (step: (tx: Tx) => Promise<unknown>) => write(step);
  const isSaved = async (mailbox: Mailbox) => (await readSavedRoll(mailbox)) !== null;

  test('is read instead of the rows', async () => {
    const { account, inbox } = await makeSaved();
    await change(
      (tx) => tx.$executeRaw`UPDATE "Message" SET "keywords" = ${removed.where}
        WHERE "accountId" = ${account} AND "uid" = 7`,
    );
    const { roll } = await readView(account, inbox);
    assert.equal(roll.size, size);
    assert.deepEqual(roll.listKeywords(), [], 'the row was not looked at');
  });

  test('is what a stop leaves behind of a mailbox that was read', async () => {
    const account = await makeAccount();
    const inbox = (await mailboxOf(account, 'INBOX')).id;
    const message = await makeMessage('Subject: x\n\nbody');
    await appendMessages(account, inbox, Array(size).fill(message));
    const { mailbox } = await readView(account, inbox);
    assert.equal(await isSaved(mailbox), false);
    await closeDatabase();
    assert.equal(await isSaved(mailbox), true);
    await checkView(account, inbox);
  });

  test('is brought up to date by the journal', async () => {
    const { account, inbox, mailbox } = await makeSaved();
    for (let turn = 0; turn < 6; turn++) {
      await appendTexts(account, inbox, ['Subject: new\n\n', 'Subject: newer\n\n']);
      await removeMessages(account, inbox, [3 + turn, 500 + turn, size + turn]);
      const flags = FLAG.seen | FLAG.flagged;
      const act = { mode: 'add' as const, flags, keywords: [`w${turn}`] };
      await changeFlags(account, inbox, [20 + turn, 1000 + turn], act);
      if (turn === 3) {
        await readView(account, inbox);
        assert.equal(await saveRoll(mailbox), true);
      }
      await closeDatabase();
      await checkView(account, inbox);
    }
  });

  const untrue: Record<string, (tx: Tx, account: string, inbox: string) => Promise<unknown>> = {
    'where rows went past the journal': async (tx, account) => {
      await tx.$executeRaw`DELETE FROM "Message" WHERE "accountId" = ${account} AND "uid" = 9`;
      await tx.$executeRaw`UPDATE "Mailbox" SET "messages" = "messages" - 1
        WHERE "accountId" = ${account} AND "name" = 'INBOX'`;
    },
    'where flags changed past the journal': async (tx, account) => {
      await tx.$executeRaw`UPDATE "Message" SET "flags" = 0 WHERE "accountId" = ${account}
        AND "uid" = 9`;
      await tx.$executeRaw`UPDATE "Mailbox" SET "unseen" = "unseen" + 1
        WHERE "accountId" = ${account} AND "name" = 'INBOX'`;
    },
    'of another UIDVALIDITY': (tx, account) =>
      tx.$executeRaw`UPDATE "Mailbox" SET "uidValidity" = "uidValidity" + 1
        WHERE "accountId" = ${account} AND "name" = 'INBOX'`,
    'of a later state than the mailbox': (tx, account) =>
      tx.$executeRaw`UPDATE "Mailbox" SET "highestModseq" = "highestModseq" - 1
        WHERE "accountId" = ${account} AND "name" = 'INBOX'`,
    'from before what the journal still knows': (tx, account) =>
      tx.$executeRaw`UPDATE "Mailbox" SET "highestModseq" = "highestModseq" + 1,
        "floorModseq" = "highestModseq" + 1 WHERE "accountId" = ${account} AND "name" = 'INBOX'`,
    'with a part too few': (tx, account) =>
      tx.$executeRaw`UPDATE "SavedRoll" SET "parts" = 2 WHERE "accountId" = ${account}`,
    'with a part of another time': (tx, account, inbox) =>
      tx.$executeRaw`INSERT INTO "SavedRoll" SELECT "accountId", ${inbox}, 1, 2, "uidValidity",
        "modseq" + 1, "bytes" FROM "SavedRoll" WHERE "accountId" = ${account}`,
    'that is damaged': (tx, account) =>
      tx.$executeRaw`UPDATE "SavedRoll" SET "bytes" = ${Buffer.from('none')}
        WHERE "accountId" = ${account}`,
  };
  for (const [why, damage] of Object.entries(untrue)) {
    test(`is not believed ${why}`, async () => {
      const { account, inbox } = await makeSaved();
      // What only a look at the rows can tell.
      await change(async (tx) => {
        await damage(tx, account, inbox);
        await tx.$executeRaw`UPDATE "Message" SET "keywords" = ${removed.where}
          WHERE "accountId" = ${account} AND "uid" = 11`;
      });
      await closeDatabase();
      await checkView(account, inbox);
    });
  }

  test('is not saved of a roll that is behind, or does not agree with the counters', async () => {
    const { account, inbox, mailbox } = await makeSaved();
    await readView(account, inbox);
    await appendTexts(account, inbox, ['Subject: new\n\n']);
    assert.equal(await saveRoll(mailbox), false);
    await readView(account, inbox);
    await change(
      (tx) => tx.$executeRaw`UPDATE "Mailbox" SET "unseen" = "unseen" + 1
        WHERE "accountId" = ${account} AND "id" = ${inbox}`,
    );
    assert.equal(await saveRoll(mailbox), false);
  });

  test('goes with its mailbox, and with a repair', async () => {
    const one = await makeSaved();
    const other = await makeSaved();
    await write((tx) => deleteContent(tx, one.mailbox));
    assert.deepEqual([await isSaved(one.mailbox), await isSaved(other.mailbox)], [false, true]);
    for await (const _ of repairStore({ isQuick: true }));
    assert.equal(await isSaved(other.mailbox), false);
  });
});

// Snoozed mail comes back at its time: unread, newest of its folder, once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow, now, shiftClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { wakeSnoozed } from '#server/jobs/wake-snoozed.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { moveMessages } from '#server/store/copy.ts';
import { createMailbox, ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ada: Account;
before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'example.org' }, 'test');
  ada = await addAccount({ address: 'ada@example.org', password: 'a long enough one' }, 'test');
  await ensureMailboxes(ada.id);
  await createMailbox(ada.id, 'Snoozed');
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const idOf = async (name: string) => (await findMailbox(ada.id, name))?.id ?? '';

async function snooze(subject: string, folder: string, minutes: number): Promise<string> {
  const { emailIds } = await appendMessages(ada.id, await idOf('Snoozed'), [
    {
      body: await stageBytes(Buffer.from(`Subject: ${subject}\r\n\r\n`)),
      ...{ prefix: Buffer.alloc(0), flags: 1, keywords: ['work'], internalDate: now() },
    },
  ]);
  const emailId = emailIds[0] as string;
  const row = { accountId: ada.id, emailId, folder, until: fromNow(minutes * 60_000) };
  await write((tx) => tx.snooze.create({ data: { ...row, createdAt: now() } }));
  return emailId;
}
const find = async (emailId: string) => {
  const rows = await db.message.findMany({ where: { accountId: ada.id, emailId } });
  const names = await db.mailbox.findMany({ where: { accountId: ada.id } });
  return rows.map(({ mailboxId, flags, keywords }) =>
    [names.find(({ id }) => id === mailboxId)?.name, flags, keywords].join(' '),
  );
};

test('what is due wakes where it was, what is not sleeps on', async () => {
  const inbox = await snooze('a', 'INBOX', 10);
  const gone = await snooze('b', 'Gone/Folder', 10);
  const later = await snooze('c', 'INBOX', 60);
  const byHand = await snooze('d', 'INBOX', 10);
  const row = await db.message.findFirst({ where: { accountId: ada.id, emailId: byHand } });
  await moveMessages(ada.id, await idOf('Snoozed'), [Number(row?.uid)], await idOf('Archive'));
  assert.deepEqual(await wakeSnoozed(), { woken: 0, forgotten: 0 });
  shiftClock(11 * 60_000);
  assert.deepEqual(await wakeSnoozed(), { woken: 2, forgotten: 1 });
  assert.deepEqual(await find(inbox), ['INBOX 0 $Unsnoozed work']);
  assert.deepEqual(await find(gone), ['Gone/Folder 0 $Unsnoozed work']);
  assert.deepEqual(await find(later), ['Snoozed 1 work']);
  assert.deepEqual(await find(byHand), ['Archive 1 work']);
  assert.equal(await db.snooze.count(), 1);
  assert.deepEqual(await wakeSnoozed(), { woken: 0, forgotten: 0 });
});

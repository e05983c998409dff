// The rehearsal brings large mailboxes back into memory and leaves no trace.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { now } from '#lib/clock.ts';
import { closeDatabase, db } from '#lib/db.ts';
import { startRehearsal } from '#server/imap/rehearsal.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { readView, recallRollAt } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox, type Mailbox } from '#server/store/mailboxes.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type ImapServer, openImapServer } from '#tests/support/imap-server.ts';

let server: ImapServer;
before(async () => {
  server = await openImapServer();
});
after(() => server.close());

async function readInbox(account: string): Promise<Mailbox> {
  const inbox = await findMailbox(account, 'INBOX');
  assert.ok(inbox);
  return inbox;
}

it('reads what was saved, and changes nothing', async () => {
  const { id: account } = await server.addUser('rehearsed');
  await ensureMailboxes(account);
  const body = await stageBytes(Buffer.from('Subject: x\r\n\r\n'));
  const date = now();
  const message = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: date };
  await appendMessages(
    account,
    (await readInbox(account)).id,
    Array<NewMessage>(1200).fill(message),
  );
  const { mailbox } = await readView(account, (await readInbox(account)).id);
  // The roll is saved, and what memory holds is no longer believed.
  await closeDatabase();
  const countEvents = () => db.trailEvent.count();
  const events = await countEvents();
  assert.equal(recallRollAt(mailbox), null);
  const end = startRehearsal();
  await waitFor(async () => recallRollAt(await readInbox(account)) !== null, 'the roll');
  await end();
  assert.deepEqual(await readInbox(account), mailbox);
  assert.equal(await countEvents(), events);
});

it('does without accounts, and ends before its time', async () => {
  await startRehearsal()();
});

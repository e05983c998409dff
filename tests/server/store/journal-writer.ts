// Another process that changes a mailbox, for journal.test.ts: account and mailbox are its arguments. Says what it
// did when asked to end, and does nothing more.
import { closeDatabase } from '#lib/db.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { appendTexts } from './fixture.ts';

const [accountId = '', mailboxId = ''] = process.argv.slice(2);
let turn = 0;

async function work(): Promise<void> {
  const uids = await appendTexts(accountId, mailboxId, [`Subject: ${turn}\n\n`, 'Subject: x\n\n']);
  const mode = turn % 2 === 0 ? 'add' : 'set';
  await changeFlags(accountId, mailboxId, [1, 2, ...uids], {
    mode,
    flags: FLAG.seen,
    keywords: turn % 3 === 0 ? ['other'] : [],
  });
  if (turn % 2 === 0) await removeMessages(accountId, mailboxId, [uids[0]!]);
  turn++;
}

process.on('message', async (order: 'work' | 'end') => {
  if (order === 'work') {
    await work();
    process.send?.({ turn });
    return;
  }
  await closeDatabase();
  process.disconnect();
});
process.send?.({ turn });

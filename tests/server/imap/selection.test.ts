// What a session is told when the journal does not reach back to what it knows, and what sessions share.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRights } from '#lib/accounts/rights.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { Selection } from '#server/imap/selection.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { pruneTombstones } from '#server/store/tombstones.ts';
import { type ImapServer, openImapServer } from '#tests/support/imap-server.ts';

let server: ImapServer;
let message: NewMessage;
before(async () => {
  server = await openImapServer();
  const body = await stageBytes(Buffer.from('Subject: x\r\n\r\n'));
  message = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: now() };
});
after(() => server.close());
const dayMs = 86_400_000;

async function makeInbox(name: string, count: number) {
  const { id: account } = await server.addUser(name);
  await ensureMailboxes(account);
  const inbox = await findMailbox(account, 'INBOX');
  assert.ok(inbox);
  const append = (more: number) =>
    appendMessages(account, inbox.id, Array<NewMessage>(more).fill(message));
  await append(count);
  const located = {
    accountId: account,
    mailbox: inbox,
    name: 'INBOX',
    rights: allRights,
    isOwn: true,
  };
  const open = async () => (await Selection.open(account, located, true)).selection;
  return { account, inbox: inbox.id, append, open };
}

const lines = (pieces: Iterable<string>) =>
  [...pieces]
    .join('')
    .split('\r\n')
    .filter((line) => line !== '');

describe('a selection', () => {
  it('hears of everything, also when tombstones went before it looked', async () => {
    const { account, inbox, append, open } = await makeInbox('sleeper', 6);
    const sleeper = await open();
    const awake = await open();
    const start = now();
    try {
      await removeMessages(account, inbox, [2, 5]);
      await awake.refresh();
      assert.deepEqual(lines(awake.tell(true, false)), ['* 2 EXPUNGE', '* 4 EXPUNGE']);
      freezeClock(new Date(start.getTime() + 100 * dayMs));
      await pruneTombstones();
      await append(1);
      await changeFlags(account, inbox, [3], { mode: 'add', flags: FLAG.seen, keywords: ['new'] });
      await removeMessages(account, inbox, [6]);
      for (const each of [sleeper, awake]) await each.refresh(true);
      const told = lines(sleeper.tell(true, false)).filter((line) => !line.includes('RECENT'));
      assert.deepEqual(told, [
        '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft new)',
        '* 7 EXISTS',
        '* 2 EXPUNGE',
        '* 4 EXPUNGE',
        '* 4 EXPUNGE',
        '* 2 FETCH (UID 3 FLAGS (\\Seen new \\Recent))',
      ]);
      lines(awake.tell(true, false));
      assert.deepEqual([...sleeper.view.uids], [1, 3, 4, 7]);
      assert.deepEqual([...awake.view.uids], [1, 3, 4, 7]);
    } finally {
      freezeClock(null);
      sleeper.close();
      awake.close();
    }
  });

  it('shares its list of UIDs with others, whatever it hears in how many steps', async () => {
    const { account, inbox, append, open } = await makeInbox('many', 400);
    const sessions = await Promise.all(Array.from({ length: 10 }, open));
    const late = sessions[9]!;
    const steps = [
      () => append(1),
      () => append(3),
      () => removeMessages(account, inbox, [7, 9]),
      () => append(1),
      () => removeMessages(account, inbox, [402]),
    ];
    for (const step of steps) {
      await step();
      for (const each of sessions) {
        if (each === late) continue;
        await each.refresh();
        lines(each.tell(true, false));
      }
    }
    await late.refresh();
    lines(late.tell(true, false));
    const [first, ...others] = sessions.map(({ view }) => view.uids);
    assert.equal(first?.length, 400 + 5 - 3);
    for (const uids of others) assert.equal(uids, first, 'one list for all');
    for (const each of sessions) each.close();
  });
});

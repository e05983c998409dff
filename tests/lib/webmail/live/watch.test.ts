// A page hears of every folder at once: of the open one by IDLE, of all others by NOTIFY, on one connection.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { readAccount } from '#lib/accounts/account.ts';
import { closePools, withConnection } from '#lib/webmail/imap/pool.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { type MailEvent, watchMail } from '#lib/webmail/live/watch.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/stage.ts';
import { createMailbox, findMailbox } from '#server/store/mailboxes.ts';
import { type ImapServer, openImapServer } from '#tests/support/imap-server.ts';

let server: ImapServer;
before(async () => {
  server = await openImapServer();
  process.env.DREY_INTERNAL_IMAP = `127.0.0.1:${server.port}`;
});
after(async () => {
  closePools();
  await server.close();
});

/** Resolves with the next event that fits. */
function listen(): {
  take(fits: (event: MailEvent) => boolean): Promise<void>;
  add(event: MailEvent): void;
} {
  const events: MailEvent[] = [];
  let wake = () => {};
  return {
    add: (event) => {
      events.push(event);
      wake();
    },
    take: async (fits) => {
      for (;;) {
        const at = events.findIndex(fits);
        if (at >= 0) {
          events.splice(0, at + 1);
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

it('hears of mail in a folder that nobody looks at, of new folders, and of the open one', async (test) => {
  const { id } = await server.addUser('watcher');
  const account = (await readAccount(id))!;
  // Nothing is compared any more: whatever is heard was pushed.
  test.mock.timers.enable({ apis: ['setInterval'] });
  const events = listen();
  const stop = watchMail(account, ['INBOX'], events.add);
  const isOfInbox = (event: MailEvent) => event.kind === 'changed' && event.folder === 'INBOX';
  await events.take(isOfInbox);
  const append = async (name: string) => {
    const mailbox = (await findMailbox(id, name))!;
    const body = await stageBytes(Buffer.from('Subject: x\r\n\r\n'));
    const one = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: new Date() };
    await appendMessages(id, mailbox.id, [one]);
  };
  await append('Archive');
  await events.take((event) => event.kind === 'folders');
  assert.equal((await listFolders(account)).find(({ path }) => path === 'Archive')?.unread, 1);
  await createMailbox(id, 'New one');
  await events.take((event) => event.kind === 'folders');
  await append('INBOX');
  await events.take((event) => isOfInbox(event) && event.kind === 'changed' && event.hasNew);
  await withConnection(account, (client) => client.mailboxSubscribe('New one'));
  await events.take((event) => event.kind === 'folders');
  stop();
});

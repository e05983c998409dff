// A real client library against the server: what the webmail itself does all day.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import { readAccount } from '#lib/accounts/account.ts';
import { createInternalToken } from '#lib/accounts/sessions.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';

const message = (subject: string, body = 'text') =>
  Buffer.from(
    [
      'From: "Änne" <anne@example.test>',
      'To: bob@example.test',
      `Subject: ${subject}`,
      `Message-ID: <${subject}@example.test>`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      body,
      '--b',
      'Content-Type: application/pdf; name="a.pdf"',
      'Content-Disposition: attachment; filename="a.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b--',
      '',
    ].join('\r\n'),
  );

// It switches IMAP4rev2 on by itself where that is offered (RFC 9051); the webmail does not let it.
for (const isRev2 of [true, false])
  describe(`imapflow ${isRev2 ? 'IMAP4rev2' : 'IMAP4rev1'}`, () => {
    let server: ImapServer;
    const clients: ImapFlow[] = [];

    before(async () => {
      server = await openImapServer();
    });
    after(async () => {
      for (const client of clients) client.close();
      await server.close();
    });

    async function open(
      user: string,
      how: { secure?: boolean; accessToken?: string } = {},
    ): Promise<ImapFlow> {
      const client = new ImapFlow({
        host: '127.0.0.1',
        port: how.secure ? server.securePort : server.port,
        secure: how.secure ?? false,
        doSTARTTLS: false,
        tls: { rejectUnauthorized: false },
        auth: how.accessToken ? { user, accessToken: how.accessToken } : { user, pass: password },
        logger: false,
        disableIMAP4rev2: !isRev2,
      });
      clients.push(client);
      await client.connect();
      assert.equal(client.enabled.has('IMAP4REV2'), isRev2);
      return client;
    }

    it('lists, appends, selects, fetches, searches', async () => {
      const { address } = await server.addUser('flow');
      const client = await open(address);
      const mailboxes = await client.list({ statusQuery: { messages: true, unseen: true } });
      assert.deepEqual(
        mailboxes.map((mailbox) => [mailbox.path, mailbox.specialUse ?? '']).sort(),
        [
          ['Archive', '\\Archive'],
          ['Drafts', '\\Drafts'],
          ['INBOX', '\\Inbox'],
          ['Junk', '\\Junk'],
          ['Sent', '\\Sent'],
          ['Trash', '\\Trash'],
        ],
      );
      const date = new Date('2026-01-02T03:04:05Z');
      const appended = await client.append('INBOX', message('one'), ['\\Seen', 'Work'], date);
      assert.ok(appended && appended.uid === 1);
      await client.append('INBOX', message('two', 'needle'));
      const mailbox = await client.mailboxOpen('INBOX');
      assert.equal(mailbox.exists, 2);
      assert.ok(mailbox.highestModseq);
      assert.ok(mailbox.mailboxId);
      const rows = await client.fetchAll('1:*', {
        uid: true,
        flags: true,
        envelope: true,
        bodyStructure: true,
        internalDate: true,
        size: true,
        source: true,
        threadId: true,
        headers: ['subject'],
      });
      assert.deepEqual(
        rows.map((row) => row.envelope?.subject),
        ['one', 'two'],
      );
      const [first] = rows;
      assert.ok(first);
      assert.ok(first.emailId && first.threadId);
      assert.deepEqual([...(first.flags ?? [])].filter((flag) => flag !== '\\Recent').sort(), [
        'Work',
        '\\Seen',
      ]);
      assert.equal(new Date(first.internalDate ?? 0).getTime(), date.getTime());
      // Raw UTF-8 in the header: encoded words for rev1, UTF-8 for who takes it.
      assert.equal(first.envelope?.from?.[0]?.name, 'Änne');
      assert.deepEqual(first.source, message('one'));
      assert.equal(first.size, message('one').length);
      assert.equal(first.bodyStructure?.childNodes?.[1]?.dispositionParameters?.filename, 'a.pdf');
      assert.match(String(first.headers), /^Subject: one\r\n\r\n$/i);
      const download = await client.download('1', '2', { uid: true });
      const pieces: Buffer[] = [];
      assert.ok(download.content);
      for await (const piece of download.content) pieces.push(piece as Buffer);
      assert.deepEqual(Buffer.concat(pieces), Buffer.from('AAAA', 'base64'));
      assert.deepEqual(await client.search({ body: 'needle' }, { uid: true }), [2]);
      assert.deepEqual(await client.search({ seen: false }), [2]);
      assert.deepEqual(await client.search({ keyword: 'Nothing' }), []);
      const status = await client.status('INBOX', {
        messages: true,
        unseen: true,
        uidNext: true,
        highestModseq: true,
      });
      assert.ok(status);
      assert.deepEqual([status.messages, status.unseen, status.uidNext], [2, 1, 3]);
      await client.logout();
    });

    it('changes flags, copies, moves, deletes, and another session hears of it in IDLE', async () => {
      const { address } = await server.addUser('flow2');
      const client = await open(address);
      const watcher = await open(address, { secure: true });
      for (const subject of ['a', 'b', 'c']) await client.append('INBOX', message(subject));
      await client.mailboxOpen('INBOX');
      await watcher.mailboxOpen('INBOX');
      const heard = (name: 'flags' | 'expunge' | 'exists') =>
        new Promise<{ uid?: number; seq?: number; count?: number }>((resolve) => {
          watcher.once(name, resolve as () => void);
        });

      const idling = watcher.idle();
      let event = heard('flags');
      await client.messageFlagsAdd('2', ['\\Flagged']);
      assert.equal((await event).uid, 2);
      event = heard('exists');
      await client.append('INBOX', message('d'));
      assert.equal((await event).count, 4);
      event = heard('expunge');
      const moved = await client.messageMove('1', 'Archive', { uid: true });
      assert.ok(moved);
      assert.deepEqual([...(moved.uidMap ?? [])], [[1, 1]]);
      assert.equal((await event).seq, 1);
      const copied = await client.messageCopy('2:3', 'Trash', { uid: true });
      assert.ok(copied);
      assert.deepEqual(
        [...(copied.uidMap ?? [])],
        [
          [2, 1],
          [3, 2],
        ],
      );
      event = heard('expunge');
      await client.messageDelete('3', { uid: true });
      assert.equal((await event).seq, 2);
      assert.deepEqual(await client.search({ all: true }, { uid: true }), [2, 4]);
      await watcher.noop();
      await idling;
      assert.deepEqual(await watcher.search({ all: true }, { uid: true }), [2, 4]);
    });

    it('makes, renames, subscribes and deletes mailboxes in other scripts', async () => {
      const { address } = await server.addUser('flow3');
      const client = await open(address);
      await client.mailboxCreate(['Проекты', 'Ünï & co']);
      const paths = (await client.list()).map((mailbox) => mailbox.path);
      assert.ok(paths.includes('Проекты') && paths.includes('Проекты/Ünï & co'));
      await client.mailboxRename('Проекты', 'Projekte');
      await client.mailboxSubscribe('Projekte');
      const renamed = (await client.list()).find((mailbox) => mailbox.path === 'Projekte');
      assert.equal(renamed?.subscribed, true);
      await client.mailboxDelete('Projekte/Ünï & co');
      await client.mailboxDelete('Projekte');
      assert.ok(!(await client.list()).some((mailbox) => mailbox.path.startsWith('Projekte')));
    });

    it('signs in with the internal token, and not with a wrong one', async () => {
      const { id, address } = await server.addUser('flow4');
      const account = await readAccount(id);
      assert.ok(account);
      const client = await open(address, { accessToken: createInternalToken(account) });
      assert.ok(client.authenticated);
      await assert.rejects(open(address, { accessToken: 'nonsense' }));
    });

    it('shows the quota', async () => {
      const { address } = await server.addUser('flow5', 1_048_576);
      const client = await open(address);
      const quota = await client.getQuota('INBOX');
      assert.ok(quota);
      assert.equal(quota.storage?.limit, 1_048_576);
    });
  });

// Folders of others in the webmail, through its own IMAP connection: where they stand, what works in them, and
// what is said where the rights do not allow it.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { readAccount } from '#lib/accounts/account.ts';
import { setMember } from '#lib/accounts/member.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { deleteForGood, moveMessages, setFlag } from '#lib/webmail/actions.ts';
import { closePools } from '#lib/webmail/imap/pool.ts';
import { findRole, listFolders } from '#lib/webmail/list/mailboxes.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

let server: ImapServer;
before(async () => {
  server = await openImapServer();
  process.env.DREY_INTERNAL_IMAP = `127.0.0.1:${server.port}`;
});
after(async () => {
  closePools();
  await server.close();
});

it('stand behind one’s own, have no role, and refuse in words what they do not allow', async () => {
  const shared = await addSharedMailbox({ address: 'team@example.test' }, 'test');
  const { id } = await server.addUser('reader');
  const account = await readAccount(id);
  assert.ok(account);
  await setMember(shared.id, id, { mayWrite: true, maySend: false }, 'test');
  const inbox = `Shared/${shared.address}/INBOX`;
  await playTranscript(
    `A< * OK ...
A> 1 LOGIN ${account.address} "${password}"
A< 1 OK ...
A> 2 APPEND ${inbox} {=+}
| Subject: x
A< 2 OK ...`,
    'shared-folders.test.ts',
    { connect: () => server.connect() },
  );
  const folders = await listFolders(account);
  assert.deepEqual(
    folders.filter(({ path }) => path.startsWith('Shared')).map(({ path, depth }) => [path, depth]),
    [
      ['Shared', 0],
      [`Shared/${shared.address}`, 1],
      ...['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'].map((name) => [
        `Shared/${shared.address}/${name}`,
        2,
      ]),
    ],
  );
  assert.equal(folders.find(({ path }) => path === inbox)?.messages, 1);
  assert.equal(folders.find(({ path }) => path === 'Shared')?.isSelectable, false);
  for (const role of ['sent', 'drafts', 'trash'] as const) {
    assert.ok(!findRole(folders, role)?.startsWith('Shared'), role);
  }
  assert.ok(folders.findIndex(({ path }) => path === 'Shared') > 0);
  await setFlag(account, inbox, [1], 'flagged', true);
  await setMember(shared.id, id, { mayWrite: false, maySend: false }, 'test');
  const refused = { reason: 'forbidden', message: 'You may not do this in this folder.' };
  await assert.rejects(setFlag(account, inbox, [1], 'flagged', false), refused);
  await assert.rejects(deleteForGood(account, inbox, [1]), refused);
  await assert.rejects(moveMessages(account, inbox, [1], 'Archive'), refused);
});

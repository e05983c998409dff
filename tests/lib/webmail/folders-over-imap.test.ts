// What the webmail does with folders, labels, searches, conversations and snoozed mail, through its own IMAP connection
// to the real servers; also with names and texts that would be commands.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { changePreferences } from '#lib/preferences/index.ts';
import { createFolder, moveMessages, setFlag } from '#lib/webmail/actions.ts';
import { changeGrant, readGrants, suggestColleagues } from '#lib/webmail/folders/acl.ts';
import { importMessage } from '#lib/webmail/folders/import.ts';
import { readQuota } from '#lib/webmail/folders/quota.ts';
import { chooseUse, subscribe } from '#lib/webmail/folders/uses.ts';
import { closePools } from '#lib/webmail/imap/pool.ts';
import { changeKeywords, checkKeywords } from '#lib/webmail/labels.ts';
import { readConversation } from '#lib/webmail/list/conversation.ts';
import { listPage } from '#lib/webmail/list/list-page.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { checkUntil, listSnoozed, snoozeMessages, unsnoozeMessages } from '#lib/webmail/snooze.ts';
import { type ImapServer, openImapServer } from '#tests/support/imap-server.ts';

let server: ImapServer;
let ann: Account;
let ben: Account;

/** Puts a message into a folder; its UID. */
async function put(folder: string, id: string, subject: string, answers = '', text = 'x') {
  const lines = [
    `From: ${id} <${id}@far.test>`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@far.test>`,
    ...(answers ? [`In-Reply-To: <${answers}@far.test>`, `References: <${answers}@far.test>`] : []),
    '',
    text,
  ];
  const { uid } = await importMessage(ann, folder, Buffer.from(lines.join('\n')));
  return uid ?? 0;
}
const roleOf = async (path: string) =>
  (await listFolders(ann)).find((each) => each.path === path)?.role;
const find = async (query: string, folder = 'INBOX') =>
  (await listPage(ann, { folder, query })).rows.map((row) => `${row.folder ?? ''}:${row.subject}`);

before(async () => {
  server = await openImapServer();
  process.env.DREY_INTERNAL_IMAP = `127.0.0.1:${server.port}`;
  ann = (await readAccount((await server.addUser('ann', 50 * 1024 * 1024)).id))!;
  ben = (await readAccount((await server.addUser('ben')).id))!;
  await createFolder(ann, 'Projects');
  await createFolder(ann, 'Projects/Büro "x" & {3}');
});
after(async () => {
  closePools();
  await server.close();
});

describe('folders', () => {
  it('are subscribed and get their uses', async () => {
    await subscribe(ann, 'Projects', false);
    const folders = await listFolders(ann);
    assert.equal(folders.find(({ path }) => path === 'Projects')?.isSubscribed, false);
    await chooseUse(ann, 'archive', 'Projects');
    assert.deepEqual([await roleOf('Projects'), await roleOf('Archive')], ['archive', 'none']);
    await chooseUse(ann, 'archive', '');
    assert.equal(await roleOf('Projects'), 'none');
    await chooseUse(ann, 'archive', 'Archive');
    assert.equal(await roleOf('Archive'), 'archive');
    await assert.rejects(chooseUse(ann, 'sent', 'INBOX'), { reason: 'forbidden' });
    await assert.rejects(chooseUse(ann, 'sent', 'nowhere'), { reason: 'not-found' });
  });

  it('are shared and taken back', async () => {
    assert.deepEqual(await readGrants(ann, 'Projects'), []);
    await changeGrant(ann, 'Projects', ben.address, 'read');
    assert.deepEqual(await readGrants(ann, 'Projects'), [{ who: ben.address, rights: 'lrs' }]);
    assert.ok(
      (await listFolders(ben)).some(({ path }) => path === `Shared/${ann.address}/Projects`),
    );
    await changeGrant(ann, 'Projects', ben.address, 'write');
    assert.match((await readGrants(ann, 'Projects'))[0]!.rights, /^lrswip/);
    await changeGrant(ann, 'Projects', ben.address, null);
    assert.deepEqual(await readGrants(ann, 'Projects'), []);
    await assert.rejects(readGrants(ben, `Shared/${ann.address}/Projects`), /no such mailbox/);
    await assert.rejects(changeGrant(ann, 'Projects', 'a b\r\nA1 LOGOUT', 'all'), {
      reason: 'invalid',
    });
    assert.deepEqual(await suggestColleagues(ann, 'be'), [{ address: ben.address, name: '' }]);
    assert.deepEqual(await suggestColleagues(ann, ann.address), []);
  });

  it('tell how full the mailbox is', async () => {
    const quota = await readQuota(ann);
    assert.equal(quota?.limitBytes, 50 * 1024 * 1024);
    assert.equal(await readQuota(ben), null);
  });

  it('take messages from files, and nothing else', async () => {
    assert.ok((await put('Projects/Büro "x" & {3}', 'file', 'From a file')) > 0);
    await assert.rejects(importMessage(ann, 'INBOX', Buffer.from('just text')), {
      reason: 'invalid',
    });
    await assert.rejects(importMessage(ann, 'INBOX', Buffer.from('From: a\r\n\r\n\0')), {
      reason: 'invalid',
    });
    await assert.rejects(put('nowhere', 'lost', 'Lost'), { reason: 'not-found' });
  });
});

describe('searches', () => {
  before(async () => {
    await put('INBOX', 'one', 'Lake house', '', 'an otter swims');
    await put('Archive', 'two', 'Lake road', '', 'an otter sleeps');
    await put('Trash', 'three', 'Lake gone', '', 'an otter left');
  });

  it('look in one folder, in some, in all', async () => {
    assert.deepEqual(await find('subject:lake'), [':Lake house']);
    assert.deepEqual(
      (await find('otter in:all')).sort(),
      ['Archive:Lake road', 'INBOX:Lake house'].sort(),
    );
    assert.equal((await find('otter in:anywhere')).length, 3);
    assert.deepEqual(await find('otter in:archive'), ['Archive:Lake road']);
    assert.deepEqual(await find('in:"projects/*"'), ['Projects/Büro "x" & {3}:From a file']);
    assert.deepEqual(await find('otter in:all -in:archive'), ['INBOX:Lake house']);
    assert.deepEqual(await find('otter in:nowhere'), []);
    assert.equal((await find('subject:house OR subject:road in:all')).length, 2);
  });

  it('find labels by their names', async () => {
    const label = { keyword: '$label1', name: 'Very important', colour: 'red', isShown: true };
    await changePreferences(ann.id, { 'folders.labels': [label] });
    const { rows } = await listPage(ann, { folder: 'INBOX' });
    await changeKeywords(ann, 'INBOX', [rows[0]!.uid], { add: ['$label1'], remove: [] });
    assert.deepEqual(await find('label:"very important" in:all'), ['INBOX:Lake house']);
    await changeKeywords(ann, 'INBOX', [rows[0]!.uid], { add: [], remove: ['$label1'] });
    assert.deepEqual(await find('label:"very important" in:all'), []);
    for (const bad of [['a b'], ['\\Seen'], ['a)'], ['x'.repeat(51)], 'x', [1]]) {
      assert.throws(() => checkKeywords(bad), { reason: 'invalid' });
    }
  });

  const hostile = [
    '"lake" CR LF',
    'a\r\nA1 DELETE Archive\r\n',
    '{10}\r\nxxxxxxxxxx',
    '{5+}',
    'subject:"x\\" ALL"',
    'label:"a) (DELETED"',
    'in:"Archive\\" ALL"',
    'from:\u0000',
    '*) (',
    '\ud800',
    'Büro 会議',
    'label:会議 OR "Grüße"',
  ];
  for (const query of hostile) {
    it(`takes ${JSON.stringify(query)} for a text`, async () => {
      assert.ok(Array.isArray(await find(query)));
      assert.ok(Array.isArray(await find(`${query} in:all`)));
      assert.ok(await roleOf('Archive'));
    });
  }
});

describe('conversations', () => {
  const subjectsOf = async (folder: string) =>
    (await listPage(ann, { folder, isThreaded: true })).rows.map(
      ({ subject, count = 1, unread = 0 }) => `${subject} ${count} ${unread}`,
    );

  it('are one row in a folder, with the newest in front', async () => {
    await createFolder(ann, 'Talk');
    const first = await put('Talk', 'q1', 'Question');
    await put('Talk', 'w1', 'Weather');
    const answer = await put('Talk', 'q2', 'Re: Question', 'q1');
    await setFlag(ann, 'Talk', [answer], 'seen', false);
    assert.deepEqual(await subjectsOf('Talk'), ['Re: Question 2 1', 'Weather 1 0']);
    const { rows, total } = await listPage(ann, { folder: 'Talk', isThreaded: true });
    assert.equal(total, 2);
    assert.deepEqual(rows[0]?.uids, [first, answer]);
    assert.deepEqual(
      rows[0]?.participants?.map(({ name }) => name),
      ['q1', 'q2'],
    );
    assert.equal(rows[0]?.isSeen, false);
    const oldest = await listPage(ann, { folder: 'Talk', isThreaded: true, sort: 'oldest' });
    assert.equal(oldest.rows[0]?.subject, 'Weather');
    const found = await listPage(ann, {
      folder: 'Talk',
      isThreaded: true,
      query: 'subject:question',
    });
    assert.deepEqual([found.total, found.rows[0]?.count], [1, 2]);
  });

  it('follow what comes and goes', async () => {
    await put('Talk', 'w2', 'Re: Weather', 'w1');
    assert.deepEqual(await subjectsOf('Talk'), ['Re: Weather 2 0', 'Re: Question 2 1']);
    const { rows } = await listPage(ann, { folder: 'Talk', isThreaded: true });
    await moveMessages(ann, 'Talk', [rows[0]!.uids!.at(-1)!], 'Sent');
    assert.deepEqual(await subjectsOf('Talk'), ['Re: Question 2 1', 'Weather 1 0']);
  });

  it('are read across folders, the oldest first, without what was thrown away', async () => {
    const { rows } = await listPage(ann, { folder: 'Talk', query: 'subject:weather' });
    await put('Trash', 'w3', 'Re: Weather', 'w1');
    const conversation = await readConversation(ann, 'Talk', rows[0]!.uid);
    assert.deepEqual(
      conversation.rows.map(({ folder, subject }) => `${folder}:${subject}`),
      ['Talk:Weather', 'Sent:Re: Weather'],
    );
    await assert.rejects(readConversation(ann, 'Talk', 999), { reason: 'not-found' });
    await assert.rejects(readConversation(ben, 'Talk', 1), { reason: 'not-found' });
  });
});

describe('snoozed messages', () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000);

  it('wait in Snoozed and come back to where they were', async () => {
    await createFolder(ann, 'Later');
    const uid = await put('Later', 'z1', 'Sleepy');
    const until = inAnHour();
    const moved = await snoozeMessages(ann, 'Later', [uid], until);
    assert.equal(moved.folder, 'Snoozed');
    assert.equal(await roleOf('Snoozed'), 'snoozed');
    const [row] = (await listPage(ann, { folder: 'Snoozed' })).rows;
    assert.equal(row?.snoozedUntil, until.toISOString());
    const later = new Date(until.getTime() + 60_000);
    await snoozeMessages(ann, 'Snoozed', moved.uids, later);
    const [kept] = [...(await listSnoozed(ann.id)).values()];
    assert.deepEqual([kept?.folder, kept?.until], ['Later', later]);
    const [back] = await unsnoozeMessages(ann, moved.uids);
    assert.equal(back?.folder, 'Later');
    assert.equal((await listSnoozed(ann.id)).size, 0);
  });

  it('are not what is not there, nor of yesterday', async () => {
    await assert.rejects(snoozeMessages(ann, 'INBOX', [9999], inAnHour()), { reason: 'not-found' });
    for (const wrong of ['', 'soon', '2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z', 5, null]) {
      assert.throws(() => checkUntil(wrong), { reason: 'invalid' });
    }
    assert.equal((await listSnoozed(ann.id)).size, 0);
  });
});

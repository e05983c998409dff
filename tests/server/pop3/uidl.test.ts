// UIDL answers what messages brought from another server (RFC 1939 §7), and nothing twice.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { db, write } from '#lib/db.ts';
import { moveMessages } from '#server/store/copy.ts';
import { findRecoverable, restoreMessages } from '#server/store/deleted/recoverable.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox } from '#server/store/mailboxes.ts';
import { insertPopUids, isPopUid, removePopUids } from '#server/store/pop-uid.ts';
import { ask, askLines, type Fixture, inboxOf, openFixture } from './fixture.ts';

let fixture: Fixture;
before(async () => {
  fixture = await openFixture();
});
after(() => fixture.close());

const messages = ['Subject: one\r\n\r\n', 'Subject: two\r\n\r\n', 'Subject: three\r\n\r\n'];

describe('UIDL', () => {
  it('keeps what came with the messages, for the life of the message in INBOX', async () => {
    const account = await fixture.addUser(messages);
    const { mailbox } = await inboxOf(account);
    const validity = mailbox.uidValidity.toString(16).padStart(8, '0');
    await write((tx) =>
      insertPopUids(tx, account.id, mailbox.id, [
        { uid: 1, text: 'UID3-1138036580' },
        { uid: 3, text: '~'.repeat(70) },
      ]),
    );
    const client = await fixture.logIn(account);
    const ids = [`1 UID3-1138036580`, `2 00000002${validity}`, `3 ${'~'.repeat(70)}`];
    assert.deepEqual((await askLines(client, 'UIDL')).slice(1), ids);
    assert.equal(await ask(client, 'UIDL 3'), `+OK ${ids[2]}`);
    await ask(client, 'QUIT');
    const away = await createMailbox(account.id, 'Away');
    const { pairs } = await moveMessages(account.id, mailbox.id, [1], away.id);
    await moveMessages(account.id, away.id, [pairs[0]?.[1] ?? 0], mailbox.id);
    const next = await fixture.logIn(account);
    const later = [`1 00000002${validity}`, `2 ${'~'.repeat(70)}`, `3 00000004${validity}`];
    assert.deepEqual((await askLines(next, 'UIDL')).slice(1), later);
    assert.deepEqual(await removePopUids(), { popUids: 1 });
    assert.deepEqual(await removePopUids(), { popUids: 0 });
    assert.equal(await db.popUid.count({ where: { accountId: account.id } }), 1);
  });

  it('is the same again when a deleted message comes back', async () => {
    const account = await fixture.addUser(messages);
    const { mailbox } = await inboxOf(account);
    const validity = mailbox.uidValidity.toString(16).padStart(8, '0');
    await write((tx) => insertPopUids(tx, account.id, mailbox.id, [{ uid: 2, text: 'brought' }]));
    const readTexts = async () => {
      const client = await fixture.logIn(account);
      const lines = (await askLines(client, 'UIDL')).slice(1);
      await ask(client, 'QUIT');
      return lines.map((line) => line.split(' ')[1]).sort();
    };
    const told = [`00000001${validity}`, `00000003${validity}`, 'brought'];
    for (const uids of [
      [1, 2, 3],
      [4, 5],
      [6, 7, 8],
    ]) {
      await removeMessages(account.id, mailbox.id, uids);
      await removePopUids();
      const twin = await findRecoverable(account.id, 'INBOX');
      await restoreMessages(account.id, twin!.id, null);
      assert.deepEqual(await readTexts(), told);
    }
    // Elsewhere there is no POP3, and no UIDL to keep.
    await removeMessages(account.id, mailbox.id, [9, 10]);
    const twin = await findRecoverable(account.id, 'INBOX');
    const archive = await restoreMessages(account.id, twin!.id, null, 'Archive');
    const uids = archive.pairs.map(([, uid]) => uid);
    await moveMessages(account.id, archive.mailboxId, uids, mailbox.id);
    const later = await readTexts();
    assert.equal(new Set(later).size, 3);
    assert.equal(later.filter((text) => told.includes(text ?? '')).length, 1);
  });

  it('gives no text twice', async () => {
    const account = await fixture.addUser(messages);
    const { mailbox } = await inboxOf(account);
    const same = [1, 2, 3].map((uid) => ({ uid, text: 'same' }));
    await write((tx) => insertPopUids(tx, account.id, mailbox.id, same));
    const client = await fixture.logIn(account);
    const texts = (await askLines(client, 'UIDL')).slice(1).map((line) => line.split(' ')[1]);
    assert.equal(new Set(texts).size, 3);
    assert.equal(texts[0], 'same');
  });

  it('is 1 to 70 visible characters', () => {
    for (const text of ['', 'a b', 'ü', '\u007f', 'x'.repeat(71)]) assert.ok(!isPopUid(text), text);
    for (const text of ['!', '~', 'x'.repeat(70)]) assert.ok(isPopUid(text), text);
  });
});

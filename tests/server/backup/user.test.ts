// One user, one mailbox, one message out of a backup: what is missing comes back, what is there stays, and no
// client meets a UID again that means something else.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { addAccount, findAccount, removeAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { renameAccount } from '#lib/renaming/rename-user.ts';
import { findInBackup } from '#server/backup/find-messages.ts';
import { noProgress } from '#server/backup/progress.ts';
import { restoreMessages } from '#server/backup/restore-messages.ts';
import { restoreUser } from '#server/backup/restore-user.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { appendMessages } from '#server/store/append.ts';
import { checkStore } from '#server/store/check/index.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { moveMessages } from '#server/store/copy.ts';
import { purgeAccount } from '#server/store/deleted/recoverable.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags } from '#server/store/flags.ts';
import { readChanges } from '#server/store/journal.ts';
import {
  createMailbox,
  deleteMailbox,
  ensureMailboxes,
  findMailbox,
  listMailboxes,
  renameMailbox,
} from '#server/store/mailboxes.ts';
import { defaultPopUid, insertPopUids, readPopUids, removePopUids } from '#server/store/pop-uid.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { appendTexts, mailboxOf, makeMessage } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { makePlace } from './fixture.ts';

const database = await openTestDatabase();
let place = makePlace();
after(async () => {
  freezeClock(null);
  await database.close();
  place.remove();
});

const options = { by: 'test', progress: noProgress };
const password = 'a long password';
let account = '';
let address = '';

const restore = () => restoreUser(place.folder, address, options);

/** All messages of the account that are not deleted: mailbox, UID, EMAILID, flags, keywords, bytes. */
async function readAll(): Promise<
  Map<string, { uid: number; emailId: string; flags: number; text: string }[]>
> {
  const all = new Map();
  for (const { id, name } of await listMailboxes(account)) {
    const rows = await db.message.findMany({ where: { accountId: account, mailboxId: id } });
    const uids = rows.map(({ uid }) => Number(uid)).sort((one, other) => one - other);
    const messages = [];
    for (const message of await readMessages(account, id, uids)) {
      const { uid, emailId, flags } = message;
      messages.push({ uid, emailId, flags, text: (await readBytes(message)).toString() });
    }
    if (messages.length > 0) all.set(name, messages);
  }
  return all;
}

async function checkWhole(): Promise<void> {
  const findings = await Array.fromAsync(checkStore());
  const wrong = findings.filter(({ isNote }) => !isNote);
  assert.deepEqual(wrong, []);
}

async function append(name: string, texts: string[]): Promise<number[]> {
  return appendTexts(
    account,
    (await mailboxOf(account, name)).id,
    texts.map((text) => `Subject: ${text}\n\n${text}\n`),
  );
}

before(() => addDomain({ name: 'example.test' }, 'test'));

beforeEach(async () => {
  place.remove();
  place = makePlace();
  address = `u${newId()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')}@example.test`;
  account = (await addAccount({ address, password }, 'test')).id;
  await ensureMailboxes(account);
  await createMailbox(account, 'Work/Old');
  await append('INBOX', ['in one', 'in two', 'in three']);
  await append('Work/Old', ['old one', 'old two']);
  const { id } = await mailboxOf(account, 'INBOX');
  await changeFlags(account, id, [2], { mode: 'add', flags: 5, keywords: ['$work'] });
});

describe('a user who is gone', () => {
  it('comes back whole, whether the mail behind is removed already or not', async () => {
    for (const isCleaned of [false, true]) {
      const before = await findAccount(address);
      const mail = await readAll();
      const mailboxes = await listMailboxes(account);
      const hash = (await db.account.findUniqueOrThrow({ where: { id: account } })).passwordHash;
      await takeBackup(place.folder);
      await removeAccount(account, 'test');
      if (isCleaned) await removeOrphans();
      const restored = await restore();
      assert.equal(restored.isWhole, true);
      const back = await db.account.findUniqueOrThrow({ where: { id: account } });
      assert.deepEqual([back.address, back.passwordHash, back.isDisabled], [address, hash, false]);
      assert.ok(back.epoch > before!.epoch, 'sessions of before do not live again');
      assert.equal(Number(back.usedMessages), before!.usedMessages);
      assert.deepEqual(await readAll(), mail);
      for (const { name, id, uidValidity, uidNext, highestModseq } of mailboxes) {
        const found = await mailboxOf(account, name);
        assert.deepEqual([found.id, found.uidValidity], [id, uidValidity], name);
        assert.ok(found.uidNext >= uidNext + 1_000_000);
        assert.ok(found.highestModseq > highestModseq + 1_000_000);
        const { changed, isComplete } = await readChanges(account, id, highestModseq + 50);
        assert.equal(changed.length, found.messages, 'everything is told anew');
        assert.equal(isComplete, false);
      }
      await checkWhole();
    }
  });

  it('comes back with the domain, and not over an alias of today', async () => {
    await takeBackup(place.folder);
    await removeAccount(account, 'test');
    await addAlias({ address, targets: ['someone@far.test'] }, 'test');
    await assert.rejects(restore(), { reason: 'exists', message: /alias/ });
    await write((tx) => tx.alias.deleteMany({ where: { address } }));
    await write((tx) => tx.domain.deleteMany());
    await restore();
    const { domainId } = await db.account.findUniqueOrThrow({ where: { address } });
    assert.equal(
      (await db.domain.findUniqueOrThrow({ where: { id: domainId } })).name,
      'example.test',
    );
  });

  it('comes back whole also where a restore was cut short', async () => {
    const mail = await readAll();
    await takeBackup(place.folder);
    await removeAccount(account, 'test');
    await restore();
    // As it is in the middle: disabled, marked, without mailboxes.
    await write(async (tx) => {
      await tx.account.update({ where: { id: account }, data: { isDisabled: true } });
      await tx.preference.create({
        data: { accountId: account, name: 'restore.unfinished', value: '""' },
      });
      await tx.mailbox.deleteMany({ where: { accountId: account } });
    });
    await restore();
    assert.deepEqual(await readAll(), mail);
    assert.equal((await findAccount(address))?.isDisabled, false);
    await checkWhole();
  });
});

describe('a user who is there', () => {
  it('gets what is missing; the rest stays as it is', async () => {
    const inbox = await mailboxOf(account, 'INBOX');
    const old = await mailboxOf(account, 'Work/Old');
    const right = { accountId: account, mailboxId: old.id, identifier: 'anyone', rights: 'lr' };
    await write((tx) => tx.mailboxRight.create({ data: right }));
    await takeBackup(place.folder);
    const before = await readAll();
    await removeMessages(account, inbox.id, [2]);
    await moveMessages(account, inbox.id, [1], (await mailboxOf(account, 'Archive')).id);
    await changeFlags(account, inbox.id, [3], { mode: 'set', flags: 4, keywords: [] });
    await append('INBOX', ['in four']);
    await append('Work/Old', ['old three, after the backup']);
    await deleteMailbox(account, 'Work/Old');
    const restored = await restore();
    assert.deepEqual(restored.mailboxes, ['Work/Old']);
    assert.equal(restored.messages, 3);
    const after = await readAll();
    const textsOf = (name: string) => after.get(name)?.map(({ text }) => text.slice(-8, -2));
    assert.deepEqual(
      textsOf('INBOX')?.map((text) => text.trim()),
      ['three', 'n four', 'in two'],
    );
    const [three, , two] = after.get('INBOX')!;
    assert.deepEqual([three?.flags, two?.flags], [4, 5], 'flags of today and of the backup');
    assert.equal(two?.emailId, before.get('INBOX')![1]!.emailId);
    assert.ok(two!.uid > 4, 'a new UID');
    assert.deepEqual(after.get('Archive')?.length, 1, 'what was moved is not doubled');
    assert.deepEqual(after.get('Work/Old'), before.get('Work/Old'), 'as it was, UIDs too');
    const back = await mailboxOf(account, 'Work/Old');
    assert.deepEqual([back.id, back.uidValidity], [old.id, old.uidValidity]);
    assert.deepEqual(await db.mailboxRight.findMany({ where: { accountId: account } }), [right]);
    assert.ok(back.uidNext > old.uidNext + 1, 'the UID of what came later is not given again');
    await checkWhole();
    const again = await restore();
    assert.deepEqual([again.mailboxes, again.messages], [[], 0]);
    assert.deepEqual(await readAll(), after);
  });

  it('never meets an old UID with another content', async () => {
    await takeBackup(place.folder);
    const { uidValidity } = await mailboxOf(account, 'Work/Old');
    // What clients were told of a mailbox of that name: by UIDVALIDITY and UID the text.
    const told: Map<string, string> = new Map();
    const tell = async () => {
      const mailbox = await findMailbox(account, 'Work/Old');
      if (!mailbox) return;
      for (const { uid, text } of (await readAll()).get('Work/Old') ?? []) {
        const key: string = `${mailbox.uidValidity} ${uid}`;
        assert.equal(told.get(key) ?? text, text, key);
        told.set(key, text);
      }
    };
    await tell();
    for (let round = 0; round < 3; round++) {
      await append('Work/Old', [`only round ${round}`, `also round ${round}`]);
      await tell();
      await deleteMailbox(account, 'Work/Old');
      await restore();
      await tell();
    }
    // Another one of that name came and went: the next must be greater than it was.
    await deleteMailbox(account, 'Work/Old');
    const other = await createMailbox(account, 'Work/Old');
    await append('Work/Old', ['of another one']);
    await tell();
    await deleteMailbox(account, 'Work/Old');
    await restore();
    await tell();
    const back = await mailboxOf(account, 'Work/Old');
    assert.ok(other.uidValidity > uidValidity);
    assert.ok(back.uidValidity > other.uidValidity);
    await checkWhole();
  });

  it('finds a mailbox under its new name, and by its name where it is another one now', async () => {
    await takeBackup(place.folder);
    await renameMailbox(account, 'Work/Old', 'Older');
    await removeMessages(account, (await mailboxOf(account, 'Older')).id, [1]);
    assert.deepEqual((await restore()).mailboxes, []);
    assert.equal((await mailboxOf(account, 'Older')).messages, 2);
    await deleteMailbox(account, 'Older');
    await createMailbox(account, 'Work/Old');
    assert.deepEqual((await restore()).mailboxes, []);
    assert.equal((await mailboxOf(account, 'Work/Old')).messages, 2);
    await checkWhole();
  });

  it('gets it under a new id as well, when the account was made anew', async () => {
    await takeBackup(place.folder);
    const before = await readAll();
    await removeAccount(account, 'test');
    account = (await addAccount({ address, password }, 'test')).id;
    await ensureMailboxes(account);
    await append('INBOX', ['new mail']);
    const restored = await restore();
    assert.equal(restored.isWhole, false);
    const after = await readAll();
    assert.equal(after.get('INBOX')?.length, 4);
    assert.deepEqual(after.get('Work/Old'), before.get('Work/Old'));
    await removeOrphans();
    assert.deepEqual(await readAll(), after);
    await checkWhole();
  });

  it('is the same under another address, and nobody else who has got the old one', async () => {
    const old = (await readAll()).get('Work/Old');
    const renamed = address.replace('@', '.renamed@');
    const names = [address, renamed, renamed.replace('@', '.again@')];
    const { id } = await mailboxOf(account, 'INBOX');
    for (const [at, now] of names.slice(1).entries()) {
      await takeBackup(place.folder);
      // Its earlier address is an alias at first, then nothing.
      await renameAccount(account, { address: now, keepsOld: at === 0 }, 'test');
      await removeMessages(account, id, [at + 1]);
      const back = await restoreUser(place.folder, names[at] ?? '', options);
      assert.equal(back.messages, 1, 'by the address of then');
      assert.deepEqual((await readAll()).get('Work/Old'), old, 'nothing is lost');
      assert.equal((await restoreUser(place.folder, now, options)).messages, 0, 'by that of today');
    }
    const other = await addAccount({ address: renamed, password }, 'test');
    const wanted = { all: true } as const;
    for (const restoring of [
      () => restoreUser(place.folder, renamed, options),
      () => restoreMessages(place.folder, renamed, wanted, options),
      () => findInBackup(place.folder, renamed, 'in'),
    ]) {
      await assert.rejects(restoring(), { reason: 'not-found' });
    }
    assert.equal(await db.message.count({ where: { accountId: other.id } }), 0);
    await checkWhole();
  });

  it('does not touch anybody else, and is refused for whom the backup does not know', async () => {
    const other = (await addAccount({ address: `x${address}`, password }, 'test')).id;
    await takeBackup(place.folder);
    await write((tx) =>
      tx.account.update({ where: { id: other }, data: { displayName: 'Changed' } }),
    );
    await restore();
    const row = await db.account.findUniqueOrThrow({ where: { id: other } });
    assert.equal(row.displayName, 'Changed');
    await assert.rejects(restoreUser(place.folder, 'nobody@example.test', options), {
      reason: 'not-found',
    });
  });
});

describe('UIDLs of messages that come back to INBOX', () => {
  it('stay what POP3 clients were told', async () => {
    const inbox = await mailboxOf(account, 'INBOX');
    await write((tx) => insertPopUids(tx, account, inbox.id, [{ uid: 2, text: 'brought' }]));
    await takeBackup(place.folder);
    const told = [defaultPopUid(1, inbox.uidValidity), 'brought'];
    const readTexts = async () => {
      const kept = await readPopUids(account, inbox.id);
      const rows = await db.message.findMany({
        where: { accountId: account, mailboxId: inbox.id },
      });
      const uids = rows.map(({ uid }) => Number(uid));
      return uids.map((uid) => kept.get(uid) ?? defaultPopUid(uid, inbox.uidValidity)).sort();
    };
    const before = await readTexts();
    await removeMessages(account, inbox.id, [1, 2]);
    await purgeAccount(account, { isAll: true });
    await removePopUids();
    await restore();
    assert.deepEqual(await readTexts(), before);
    await removeMessages(account, inbox.id, [4, 5]);
    await restoreMessages(place.folder, address, { text: 'one' }, options);
    assert.ok((await readTexts()).includes(told[0] ?? ''));
    // Another copy beside the message itself is another one.
    await restoreMessages(place.folder, address, { text: 'one' }, { ...options, to: 'INBOX' });
    const texts = await readTexts();
    assert.equal(new Set(texts).size, texts.length);
    await checkWhole();
  });
});

describe('one message', () => {
  it('is found by words of its headers and comes back where it was', async () => {
    const inbox = await mailboxOf(account, 'INBOX');
    const message = await makeMessage(
      'From: =?utf-8?q?J=C3=BCrgen?= <j@far.test>\nTo: me@example.test\nSubject: =?utf-8?q?Stra=C3=9Fe?= 12\n\nx\n',
      { flags: 3, keywords: ['a'], internalDate: new Date('2025-01-02T03:04:05Z') },
    );
    const { uids, emailIds } = await appendMessages(account, inbox.id, [message]);
    await takeBackup(place.folder);
    await removeMessages(account, inbox.id, uids);
    await takeBackup(place.folder);
    const found = await findInBackup(place.folder, address, 'jürgen STRASSE');
    assert.equal(found.length, 1);
    assert.deepEqual([found[0]?.mailbox, found[0]?.isDeleted], ['INBOX', true]);
    assert.deepEqual(await findInBackup(place.folder, address, 'nothing of that'), []);
    const [emailId = ''] = emailIds;
    const { restored } = await restoreMessages(place.folder, address, { emailId }, options);
    assert.deepEqual([restored[0]?.restoredTo, restored.length], ['INBOX', 1]);
    const row = await db.message.findFirstOrThrow({
      where: { mailboxId: inbox.id, uid: restored[0]!.uid },
    });
    assert.deepEqual(
      [row.emailId, row.flags & 1, row.keywords, row.internalDate.toISOString()],
      [emailId, 1, 'a', '2025-01-02T03:04:05.000Z'],
    );
    const present = await restoreMessages(place.folder, address, { emailId }, options);
    assert.deepEqual([present.restored.length, present.present], [0, 1]);
    const copy = await restoreMessages(
      place.folder,
      address,
      { emailId },
      { ...options, to: 'Back/Again' },
    );
    assert.equal(copy.restored[0]?.restoredTo, 'Back/Again');
    assert.equal((await mailboxOf(account, 'Back/Again')).messages, 1);
    await checkWhole();
  });

  it('comes back by what it says, into a folder that is gone', async () => {
    await takeBackup(place.folder);
    await deleteMailbox(account, 'Work/Old');
    const { restored } = await restoreMessages(place.folder, address, { text: 'old' }, options);
    assert.deepEqual(
      restored.map(({ restoredTo, subject }) => [restoredTo, subject]),
      [
        ['Work/Old', 'old one'],
        ['Work/Old', 'old two'],
      ],
    );
    await assert.rejects(restoreMessages(place.folder, address, { text: 'no such' }, options), {
      reason: 'not-found',
    });
    await checkWhole();
  });
});

describe('a clock that went back', () => {
  it('does not make the newest snapshot the older one', async () => {
    const first = await takeBackup(place.folder);
    freezeClock(new Date(now().getTime() - 3_600_000));
    const second = await takeBackup(place.folder);
    freezeClock(null);
    assert.ok(second.name > first.name);
  });
});

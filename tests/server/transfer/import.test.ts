// Imports from Maildir and .eml files: what is kept, what comes once, and sources that mean ill.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { FLAG } from '#server/store/flags.ts';
import { removeMarks } from '#server/store/imported.ts';
import { createMailbox, deleteMailbox, findMailbox } from '#server/store/mailboxes.ts';
import { readPopUids } from '#server/store/pop-uid.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount } from '../store/fixture.ts';
import {
  type Folder,
  hashOf,
  holdings,
  importFrom,
  makeFolder,
  makeMaildir,
  subjectsOf,
  text,
  toCrlf,
  writeFile,
} from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: Folder;
let root: string;
let accountId: string;
let count = 0;
before(async () => {
  database = await openTestDatabase();
  folder = makeFolder();
});
beforeEach(async () => {
  root = join(folder.path, `source${count++}`);
  accountId = await makeAccount();
});
after(async () => {
  await database.close();
  folder.remove();
});

const at = new Date('2019-03-04T05:06:07Z');

/** A Maildir with a list of UIDs; `mails` are UID, name with flags, subject. */
function makeList(path: string, header: string, mails: [string, string, string][]): void {
  makeMaildir(path);
  const lines = mails.map(([extra, name]) => `${extra} :${name.replace(/:2,.*/, '')}\n`);
  writeFile(join(path, 'dovecot-uidlist'), `${header}\n${lines.join('')}`);
  for (const [, name, subject] of mails) writeFile(join(path, 'cur', name), text(subject), at);
}

describe('a Maildir of Dovecot', () => {
  beforeEach(() => {
    makeList(root, '3 V1300000001 N50 G3085f01b7f11094c501100008c4a11c1', [
      ['7', '1300000007.M1P1.host,S=77,W=81:2,RSa', 'seven'],
      ['3 W81', '1300000003.M1P1.host:2,FSbP', 'three'],
      ['9 POLD-UIDL-9', '1300000009.M1P1.host:2,', 'nine'],
    ]);
    writeFile(join(root, 'dovecot-keywords'), '0 $Label1\n1 work\n');
    writeFile(join(root, 'new', '1300000099.M1P1.host'), text('new'), at);
    makeList(join(root, '.Sent Items'), '3 V1300000002 N5', [['4', '1.a:2,S', 'sent']]);
    makeList(join(root, '.Archiv&AOQ-.2019'), '3 V1300000003 N5', [['1', '1.b:2,S', 'archived']]);
    writeFile(join(root, 'subscriptions'), 'V\t2\n\nArchiv&AOQ-\t2019\n');
  });

  it('comes with flags, keywords, dates, folders, UIDs and subscriptions', async () => {
    const result = await importFrom(accountId, root);
    assert.deepEqual([result.messages, result.skipped, result.lost], [6, 0, 0]);
    assert.deepEqual(result.problems, []);
    const held = await holdings(accountId);
    assert.equal(held.INBOX?.uidValidity, 1300000001);
    assert.deepEqual(
      held.INBOX?.messages.map(({ uid, subject, flags, keywords }) => [
        uid,
        subject,
        flags,
        keywords,
      ]),
      [
        [3, 'three', FLAG.flagged | FLAG.seen, '$Forwarded work'],
        [7, 'seven', FLAG.answered | FLAG.seen, '$Label1'],
        [9, 'nine', 0, ''],
        // Dovecot has not seen it yet: behind every UID that it may have given.
        [50, 'new', 0, ''],
      ],
    );
    assert.equal(held.INBOX?.messages[0]?.date, at.toISOString());
    assert.equal(held.INBOX?.messages[0]?.hash, hashOf(toCrlf(text('three'))));
    assert.deepEqual([held.Sent?.uidValidity, held.Sent?.uidNext], [1300000002, 5]);
    assert.deepEqual(
      held.Sent?.messages.map(({ uid }) => uid),
      [4],
    );
    assert.equal(held['Archivä/2019']?.isSubscribed, true);
    assert.equal(held.Archivä?.isSubscribed, false);
    const inbox = await mailboxOf(accountId, 'INBOX');
    assert.deepEqual([...(await readPopUids(accountId, inbox.id))], [[9, 'OLD-UIDL-9']]);
    await checkCounters(accountId);
  });

  it('comes once, also when flags changed; what the user deleted stays away', async () => {
    await importFrom(accountId, root);
    const inbox = await mailboxOf(accountId, 'INBOX');
    await removeMessages(accountId, inbox.id, [7]);
    renameSync(
      join(root, 'cur', '1300000009.M1P1.host:2,'),
      join(root, 'cur', '1300000009.M1P1.host:2,S'),
    );
    const before = await holdings(accountId);
    const second = await importFrom(accountId, root);
    assert.deepEqual([second.messages, second.known], [0, 6]);
    assert.deepEqual(await holdings(accountId), before);
    const again = await importFrom(accountId, root, { isAgain: true });
    assert.equal(again.messages, 6);
  });

  it('goes on with what is new, and keeps UIDs as long as nothing else came', async () => {
    await importFrom(accountId, root);
    makeList(root, '3 V1300000001 N60', [
      ['3', '1300000003.M1P1.host:2,S', 'three'],
      ['55', '1300000055.M1P1.host:2,S', 'later'],
    ]);
    const second = await importFrom(accountId, root);
    assert.equal(second.messages, 1);
    const { INBOX } = await holdings(accountId);
    assert.deepEqual([INBOX?.uidValidity, INBOX?.uidNext], [1300000001, 60]);
    assert.deepEqual(
      INBOX?.messages.map(({ uid }) => uid),
      [3, 7, 9, 50, 55],
    );
  });

  it('gives up UIDVALIDITY where other mail took UIDs of the source, and keeps UIDLs', async () => {
    await importFrom(accountId, root);
    const inbox = await mailboxOf(accountId, 'INBOX');
    await appendTexts(accountId, inbox.id, ['Subject: ours\n\n']);
    makeList(root, '3 V1300000001 N60', [['55', '1300000055.M1P1.host:2,S', 'later']]);
    const result = await importFrom(accountId, root);
    assert.equal(result.folders.find(({ mailbox }) => mailbox === 'INBOX')?.uids, 'new');
    const { INBOX } = await holdings(accountId);
    assert.notEqual(INBOX?.uidValidity, 1300000001);
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), [
      ...['three', 'seven', 'nine', 'new', 'ours', 'later'],
    ]);
    const popUids = await readPopUids(accountId, inbox.id);
    assert.equal(popUids.get(3), `00000003${(1300000001).toString(16)}`);
    assert.equal(popUids.get(9), 'OLD-UIDL-9');
    assert.equal(popUids.get(52), `00000037${(1300000001).toString(16)}`);
  });

  it('keeps our UIDVALIDITY where the mailbox had mail, and brings UIDLs', async () => {
    const inbox = await mailboxOf(accountId, 'INBOX');
    await appendTexts(accountId, inbox.id, ['Subject: ours\n\n']);
    const result = await importFrom(accountId, root);
    assert.equal(result.folders.find(({ mailbox }) => mailbox === 'INBOX')?.uids, 'new');
    const { INBOX } = await holdings(accountId);
    assert.equal(INBOX?.uidValidity, inbox.uidValidity);
    assert.deepEqual(
      INBOX?.messages.map(({ uid }) => uid),
      [1, 2, 3, 4, 5],
    );
    const popUids = await readPopUids(accountId, inbox.id);
    assert.deepEqual(
      [...popUids.values()],
      [
        `00000003${(1300000001).toString(16)}`,
        `00000007${(1300000001).toString(16)}`,
        'OLD-UIDL-9',
      ],
    );
  });

  it('never takes a UIDVALIDITY twice in an account', async () => {
    await importFrom(accountId, root);
    await deleteMailbox(accountId, 'Archivä/2019');
    await importFrom(accountId, root, { isAgain: true });
    const held = await holdings(accountId);
    assert.notEqual(held['Archivä/2019']?.uidValidity, 1300000003);
    await createMailbox(accountId, 'Other');
    const values = Object.values(await holdings(accountId)).map(({ uidValidity }) => uidValidity);
    assert.equal(new Set(values).size, values.length);
  });

  it('only says what would come with isDryRun', async () => {
    const before = await holdings(accountId);
    const result = await importFrom(accountId, root, { isDryRun: true });
    assert.deepEqual([result.messages, result.known], [6, 0]);
    assert.deepEqual(await holdings(accountId), before);
    await importFrom(accountId, root);
    const second = await importFrom(accountId, root, { isDryRun: true });
    assert.deepEqual([second.messages, second.known], [0, 6]);
  });

  it('goes below a mailbox where told so', async () => {
    await importFrom(accountId, root, { into: 'Old' });
    const held = await holdings(accountId);
    assert.equal(held.Old?.messages.length, 4);
    assert.equal(held['Old/Sent Items']?.messages.length, 1);
    assert.equal(held.Old?.isSubscribed, true);
  });

  it('leaves no marks behind an account that is removed', async () => {
    await importFrom(accountId, root);
    const gone = await makeAccount();
    await importFrom(gone, root);
    await write((tx) => tx.account.delete({ where: { id: gone } }));
    const marks = await db.imported.count({ where: { accountId: gone } });
    assert.ok(marks > 6);
    assert.deepEqual(await removeMarks(), { marks });
    assert.ok((await db.imported.count({ where: { accountId } })) > 6);
  });

  it('leaves an event in the trail', async () => {
    await importFrom(accountId, root);
    const events = await db.trailEvent.findMany({
      where: { kind: 'changed', recipient: `user ${accountId}@example.test` },
    });
    assert.match(events[0]?.text ?? '', /^imported 6 messages from maildir, 0 known, 0 skipped$/);
  });
});

describe('other Maildirs', () => {
  it('of Courier come with their UIDs and UIDLs', async () => {
    makeMaildir(root);
    writeFile(join(root, 'courierimapuiddb'), '1 1138036580 12\n3 1138.a\n5 1139.b\n');
    writeFile(join(root, 'courierpop3dsizelist'), '/3 6 1138036580\n1138.a 70 3:1138036580:0\n');
    writeFile(join(root, 'courierimapsubscribed'), 'INBOX.Lists\n');
    writeFile(join(root, 'cur', '1138.a:2,S'), text('a'));
    writeFile(join(root, 'cur', '1139.b:2,S'), text('b'));
    makeMaildir(join(root, '.Lists'));
    await importFrom(accountId, root);
    const held = await holdings(accountId);
    assert.deepEqual(
      held.INBOX?.messages.map(({ uid }) => uid),
      [3, 5],
    );
    assert.equal(held.INBOX?.uidNext, 12);
    assert.equal(held.Lists?.isSubscribed, true);
    const inbox = await mailboxOf(accountId, 'INBOX');
    assert.deepEqual([...(await readPopUids(accountId, inbox.id))], [[3, 'UID3-1138036580']]);
  });

  it('of LAYOUT=fs come with their tree', async () => {
    makeMaildir(root);
    makeMaildir(join(root, 'Kunden', 'Müller'));
    writeFile(join(root, 'Kunden', 'Müller', 'cur', '1.a:2,S'), text('a'));
    writeFile(join(root, 'cur', '1.b:2,S'), text('b'));
    await importFrom(accountId, root);
    assert.deepEqual(await subjectsOf(accountId, 'Kunden/Müller'), ['a']);
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['b']);
  });

  it('of mbsync come, without a root of their own', async () => {
    makeMaildir(join(root, 'INBOX'));
    makeMaildir(join(root, 'Lists'));
    writeFile(join(root, 'INBOX', 'cur', '1.a,U=1:2,S'), text('a'));
    writeFile(join(root, 'Lists', 'cur', '1.b,U=1:2,S'), text('b'));
    await importFrom(accountId, root);
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['a']);
    assert.deepEqual(await subjectsOf(accountId, 'Lists'), ['b']);
  });

  it('refuses UIDs that would leave none', async () => {
    makeList(root, '3 V4294967295 N4294967295', [['4294967294', '1.a:2,S', 'a']]);
    makeList(join(root, '.x'), '3 V1000 N4294967295', [['1', '1.a:2,S', 'a']]);
    await importFrom(accountId, root);
    const held = await holdings(accountId);
    assert.ok((held.INBOX?.uidNext ?? 0) < 10);
    assert.ok((held.x?.uidNext ?? 0) < 10);
    await createMailbox(accountId, 'still possible');
  });

  it('with UIDs out of order or twice keeps what it can', async () => {
    makeList(root, '3 V1300000001 N10', [
      ['5', '1.a:2,S', 'a'],
      ['5', '2.b:2,S', 'b'],
    ]);
    writeFile(join(root, 'cur', '3.c:2,S'), text('c'));
    await importFrom(accountId, root);
    const { INBOX } = await holdings(accountId);
    assert.deepEqual(
      INBOX?.messages.map(({ uid, subject }) => [uid, subject]),
      [
        [5, 'a'],
        [10, 'b'],
        [11, 'c'],
      ],
    );
  });
});

describe('.eml files', () => {
  it('come with the date of their topmost Received, else Date, else the file', async () => {
    const received =
      'Received: from a by b; Mon, 6 May 2019 10:00:00 +0200\nReceived: from x by a; Sun, 5 May 2019 10:00:00 +0200\n';
    writeFile(join(root, 'A', '1.eml'), `${received}${text('received')}`);
    writeFile(join(root, 'A', '2.eml'), `Date: Tue, 7 May 2019 10:00:00 +0200\n${text('dated')}`);
    writeFile(join(root, 'A', 'B', '10.eml'), text('ten'), at);
    writeFile(join(root, 'A', 'B', '9.eml'), toCrlf(text('nine')), at);
    await importFrom(accountId, root);
    const held = await holdings(accountId);
    assert.deepEqual(
      held.A?.messages.map(({ date }) => date),
      ['2019-05-06T08:00:00.000Z', '2019-05-07T08:00:00.000Z'],
    );
    assert.deepEqual(
      held['A/B']?.messages.map(({ subject }) => subject),
      ['nine', 'ten'],
    );
    assert.equal(held['A/B']?.messages[0]?.date, at.toISOString());
    assert.equal(held['A/B']?.messages[0]?.hash, hashOf(toCrlf(text('nine'))));
    assert.equal((await importFrom(accountId, root)).known, 4);
  });

  it('come alone too', async () => {
    writeFile(join(root, 'one.eml'), text('one'));
    await importFrom(accountId, join(root, 'one.eml'));
    await importFrom(accountId, join(root, 'one.eml'), { into: 'Single/Place' });
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['one']);
  });
});

describe('what is no source', () => {
  it('is refused in plain words', async () => {
    mkdirSync(root);
    const reasonOf = (path: string, format?: string) =>
      importFrom(accountId, path, { format }).then(
        () => 'none',
        (error) => (isRefusal(error) ? error.reason : String(error)),
      );
    assert.equal(await reasonOf(root), 'invalid');
    assert.equal(await reasonOf(join(root, 'nothing')), 'not-found');
    assert.equal(await reasonOf(root, 'pst'), 'invalid');
    writeFile(join(root, 'x.txt'), 'x');
    assert.equal(await reasonOf(join(root, 'x.txt')), 'invalid');
  });
});

describe('a source that means ill', () => {
  it('has links, FIFOs, unreadable and huge files named and left out', async () => {
    makeMaildir(root);
    const outside = join(folder.path, `outside${count}`);
    makeMaildir(outside);
    writeFile(join(outside, 'cur', '1.secret:2,S'), text('secret'));
    writeFile(join(root, 'cur', '1.good:2,S'), text('good'));
    symlinkSync(join(outside, 'cur', '1.secret:2,S'), join(root, 'cur', '2.link:2,S'));
    symlinkSync(outside, join(root, '.Link'));
    symlinkSync('/', join(root, 'slash'));
    spawnSync('mkfifo', [join(root, 'cur', '3.fifo')]);
    mkdirSync(join(root, 'cur', '4.folder'));
    writeFile(join(root, 'cur', '5.huge'), text('huge', 'x'.repeat(20_000)));
    await writeSetting('smtp.messageSizeBytes', 10_240, 'test');
    const result = await importFrom(accountId, root);
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['good']);
    assert.equal(await findMailbox(accountId, 'Link'), null);
    const named = result.problems.map(({ where }) => where.slice(root.length + 1)).sort();
    assert.deepEqual(named, [
      ...['.Link', 'cur/2.link:2,S', 'cur/3.fifo', 'cur/4.folder', 'cur/5.huge', 'slash'],
    ]);
    assert.equal((await importFrom(accountId, root, { isAnySize: true })).messages, 1);
    await writeSetting('smtp.messageSizeBytes', 52_428_800, 'test');
    assert.deepEqual(await subjectsOf(accountId, 'INBOX'), ['good', 'huge']);
  });

  it('has unreadable folders and files named', {
    skip: process.getuid?.() === 0 && 'root reads everything',
  }, async () => {
    makeMaildir(root);
    writeFile(join(root, 'cur', '1.a'), text('a'));
    writeFile(join(root, 'cur', '2.b'), text('b'));
    chmodSync(join(root, 'cur', '1.a'), 0);
    const result = await importFrom(accountId, root);
    assert.deepEqual([result.messages, result.skipped, result.lost], [1, 1, 1]);
  });

  it('has strange names changed, and deep trees cut', async () => {
    makeMaildir(root);
    makeMaildir(join(root, '.a\u0001b'));
    writeFile(join(root, '.a\u0001b', 'cur', '1.x'), text('control'));
    const invalid = Buffer.concat([Buffer.from(`${root}/.`), Buffer.from([0xff, 0xfe])]);
    mkdirSync(invalid);
    for (const part of ['cur', 'new']) mkdirSync(Buffer.concat([invalid, Buffer.from(`/${part}`)]));
    makeMaildir(join(root, `.${Array(100).fill('x').join('.')}`));
    writeFile(join(root, `.${Array(100).fill('x').join('.')}`, 'cur', '1.x'), text('deep'));
    makeMaildir(join(root, '.#deleted'));
    mkdirSync(join(root, ...Array(300).fill('d')), { recursive: true });
    makeMaildir(join(root, ...Array(300).fill('d')));
    const result = await importFrom(accountId, root);
    assert.equal(result.messages, 2);
    const held = await holdings(accountId);
    assert.deepEqual(
      held.a_b?.messages.map(({ subject }) => subject),
      ['control'],
    );
    assert.ok('ÿþ' in held);
    assert.ok('_#deleted' in held);
    assert.ok(result.problems.some(({ text: said }) => said.includes('levels')));
  });

  it('has rubbish for files of Dovecot', async () => {
    makeMaildir(root);
    const rubbish = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256));
    for (const name of [
      'dovecot-uidlist',
      'dovecot-keywords',
      'subscriptions',
      'drey-index.jsonl',
    ]) {
      writeFile(join(root, name), rubbish);
    }
    writeFile(join(root, 'drey-export.json'), '{"version":1,"format":"maildir","address":5}');
    writeFile(join(root, 'cur', '1.a:2,Sabz'), rubbish);
    writeFile(join(root, 'cur', '2.b:2,S'), '');
    const result = await importFrom(accountId, root);
    assert.equal(result.messages, 2);
    await checkCounters(accountId);
  });
});

describe('quota', () => {
  it('stops at the message that does not fit, and goes on later', async () => {
    makeMaildir(root);
    for (let index = 100; index < 400; index++) {
      writeFile(join(root, 'cur', `${index}.a:2,S`), text(`m${index}`, 'x'.repeat(1000)));
    }
    const poor = await makeAccount(200_000);
    const error = await importFrom(poor, root).catch((caught) => caught);
    assert.ok(isRefusal(error, 'over-quota'));
    assert.match(error.message, /\d+ of 300 messages are there/);
    const count = (await subjectsOf(poor, 'INBOX')).length;
    assert.ok(count > 150 && count < 200, String(count));
    await checkCounters(poor);
    await write((tx) => tx.account.update({ where: { id: poor }, data: { quotaBytes: 0 } }));
    const second = await importFrom(poor, root);
    assert.deepEqual([second.messages, second.known], [300 - count, count]);
    assert.deepEqual(
      await subjectsOf(poor, 'INBOX'),
      Array.from({ length: 300 }, (_, index) => `m${index + 100}`),
    );
  });
});

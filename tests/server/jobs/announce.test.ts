// Announcements: who reads a banner, who gets a mail, each once, also when the process is killed on its way.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import {
  addAnnouncement,
  endAnnouncement,
  listAnnouncements,
  listBanners,
  type NewAnnouncement,
  removeAnnouncement,
} from '#lib/accounts/announcement.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { freezeClock, fromNow } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { noProgress } from '#server/backup/progress.ts';
import { restoreServer } from '#server/backup/restore-server.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { deliverAnnouncements, wrapLine } from '#server/jobs/announce.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { readBytes } from '#server/store/read.ts';
import { makePlace, onEmptyStore } from '#tests/server/backup/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'root@own.test';
const nothing: Omit<NewAnnouncement, 'text'> = {
  level: 'info',
  domains: [],
  until: null,
  subject: '',
};
const never = () => new AbortController().signal;

describe('announcements', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const people = new Map<string, string>();

  before(async () => {
    database = await openTestDatabase();
    for (const name of ['own.test', 'other.test']) {
      await addDomain({ name }, 'test');
      for (let each = 0; each < 6; each++) {
        const address = `user${each}@${name}`;
        const account = await addAccount({ address, password: 'a long password' }, 'test');
        people.set(address, account.id);
      }
    }
  });
  after(() => database?.close());
  afterEach(async () => {
    freezeClock(null);
    for (const { id } of await listAnnouncements()) await removeAnnouncement(id, by);
  });

  const refused = (field: string) => (error: unknown) => isRefusal(error) && error.field === field;
  const countMail = async (address: string) => {
    const accountId = people.get(address) ?? '';
    const inbox = await findMailbox(accountId, 'INBOX');
    return inbox?.messages ?? 0;
  };
  const countAll = async () => {
    const counts = [];
    for (const address of people.keys()) counts.push(await countMail(address));
    return counts;
  };

  it('say what is missing', async () => {
    const wrong: [object, string][] = [
      [{ text: ' ', subject: 'x' }, 'text'],
      [{ text: 'Hello' }, 'channel'],
      [{ text: 'Hello', until: fromNow(-1000) }, 'until'],
      [{ text: 'Hello', subject: 'x', domains: ['far.test'] }, 'domains'],
      [{ text: 'Hello', subject: 'x'.repeat(201) }, 'subject'],
    ];
    for (const [input, field] of wrong) {
      await assert.rejects(addAnnouncement({ ...nothing, text: '', ...input }, by), refused(field));
    }
  });

  it('are banners for whom they are meant, until their time or their end', async () => {
    const until = fromNow(60_000);
    const all = await addAnnouncement({ ...nothing, text: 'To all', until }, by);
    const some = await addAnnouncement(
      { ...nothing, level: 'warning', text: 'To some', domains: ['other.test'], until },
      by,
    );
    const read = async (address: string, closed: string[] = []) =>
      (await listBanners(address, closed)).map(({ text }) => text).sort();
    assert.deepEqual(await read('user1@own.test'), ['To all']);
    assert.deepEqual(await read('user1@other.test'), ['To all', 'To some']);
    assert.deepEqual(await read('user1@other.test', [all.id]), ['To some']);
    await endAnnouncement(some.id, by);
    assert.deepEqual(await read('user1@other.test'), ['To all']);
    freezeClock(fromNow(61_000));
    assert.deepEqual(await read('user1@own.test'), []);
    await deliverAnnouncements(never());
    assert.deepEqual(new Set(await countAll()), new Set([0]));
  });

  it('are mails from the postmaster of the own domain, to the users of the chosen ones', async () => {
    const text = `Dear all,\n\n${'word '.repeat(40)}\n\nüñ ${'ü'.repeat(900)}`;
    const input = { ...nothing, text, subject: 'Wartung am Dienstag, früh', domains: ['own.test'] };
    await addAnnouncement(input, by);
    assert.deepEqual(await deliverAnnouncements(never(), 4), { mailed: 6 });
    assert.deepEqual(await deliverAnnouncements(never()), { mailed: 0 });
    const [told] = await listAnnouncements();
    assert.deepEqual([told?.mail, told?.mailed], ['done', 6]);
    assert.equal(await countMail('user0@own.test'), 1);
    assert.equal(await countMail('user0@other.test'), 0);
    const accountId = people.get('user0@own.test') ?? '';
    const inbox = await findMailbox(accountId, 'INBOX');
    const row = await db.message.findFirstOrThrow({ where: { accountId, mailboxId: inbox?.id } });
    const bytes = await readBytes({
      blobId: row.blobId ?? 0,
      prefix: Buffer.from(row.prefix),
    });
    const lines = bytes.toString('utf8').split('\r\n');
    assert.ok(lines.includes('From: Mail System <postmaster@own.test>'), lines.join('\n'));
    assert.ok(lines.every((line) => Buffer.byteLength(line) <= 998));
    assert.match(lines.join(' '), /Auto-Submitted: auto-generated/);
  });

  it('stop where they are ended, and are not for those who came later', async () => {
    const before = await countAll();
    const { id } = await addAnnouncement({ ...nothing, text: 'Hello', subject: 'Hello' }, by);
    const ending = new AbortController();
    ending.abort();
    assert.deepEqual(await deliverAnnouncements(ending.signal), { mailed: 0 });
    await endAnnouncement(id, by);
    assert.deepEqual(await deliverAnnouncements(never()), { mailed: 0 });
    assert.deepEqual(await countAll(), before);
    freezeClock(fromNow(-86_400_000));
    await addAnnouncement({ ...nothing, text: 'Hello', subject: 'Hello' }, by);
    freezeClock(null);
    assert.deepEqual(await deliverAnnouncements(never()), { mailed: 0 });
  });

  it('reach each user once, on two nodes and when one is killed on its way', async () => {
    const before = await countAll();
    await addAnnouncement({ ...nothing, text: 'Hello', subject: 'Hello' }, by);
    const program = join(import.meta.dirname, 'killed-announcer.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '4'], {
      stdio: 'ignore',
      env: { ...process.env, NODE_TEST_CONTEXT: undefined } as NodeJS.ProcessEnv,
    });
    await once(child, 'exit');
    const [told] = await listAnnouncements();
    assert.ok((told?.mailed ?? 0) >= 4);
    await Promise.all([deliverAnnouncements(never(), 1), deliverAnnouncements(never(), 2)]);
    assert.deepEqual(
      await countAll(),
      before.map((count) => count + 1),
    );
    assert.equal((await listAnnouncements())[0]?.mailed, people.size);
    assert.equal(await db.announcement.count({ where: { mail: 'done' } }), 1);
  });

  it('are delivered to nobody any more after a restore of the server', async () => {
    const place = makePlace();
    await addAnnouncement({ ...nothing, text: 'Hello', subject: 'Hello' }, by);
    await takeBackup(place.folder);
    await onEmptyStore(async () => {
      await restoreServer(place.folder, { by, progress: noProgress });
      assert.equal((await listAnnouncements())[0]?.mail, 'stopped');
    });
    place.remove();
  });

  it('have lines that mail can carry', () => {
    assert.deepEqual(wrapLine('short'), ['short']);
    assert.deepEqual(wrapLine(''), ['']);
    const lines = wrapLine('word '.repeat(40).trim());
    assert.ok(lines.length === 3 && lines.every((line) => line.length <= 78), lines.join('|'));
    assert.equal(wrapLine('😀'.repeat(300)).join(''), '😀'.repeat(300));
  });
});

// Export and import again: whatever an account holds comes back the same, in every format; a second export adds
// only what is new; other programs read what we write.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shiftClock } from '#lib/clock.ts';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { createMailbox, listMailboxes, setSubscription } from '#server/store/mailboxes.ts';
import { readPopUids } from '#server/store/pop-uid.ts';
import { exportMail } from '#server/transfer/export.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, mailboxOf, makeAccount, makeMessage } from '../store/fixture.ts';
import {
  exportTo,
  type Folder,
  holdings,
  importFrom,
  makeFolder,
  makeMaildir,
  subjectsOf,
  text,
  writeFile,
} from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let folder: Folder;
let count = 0;
before(async () => {
  database = await openTestDatabase();
  folder = makeFolder();
});
after(async () => {
  await database.close();
  folder.remove();
});

const place = () => join(folder.path, `export${count++}`);
const formats = ['maildir', 'mbox', 'eml'] as const;
const dayMs = 24 * 3_600_000;

/** Numbers that are the same in every run. */
function startRandom(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  return { next, pick };
}

const levels = [
  ...[
    'Work',
    'a.b',
    'Ünïcode',
    '日本語',
    'x%2Fy',
    '.hidden',
    'back\\slash',
    '1.eml',
    'mbox',
    'inbox2',
  ],
  ...[
    'drey-index.jsonl',
    'Sent Items',
    'x.sbd',
    'tmp',
    'cur',
    'trailing.',
    ' space ',
    '&-',
    '~tilde',
  ],
  ...['R&D', 'con:aux*?"<>|', 'k'.repeat(255), '語'.repeat(85), 'dovecot-uidlist', 'subscriptions'],
];
const pieces = [
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    'From x Wed Jul  1 10:00:00 2020',
    '>From y',
    '>>From z',
    'a',
  ],
  ...[
    'Status: RO',
    'X-UID: 7',
    'X-Drey-Export: 1 1 lf 1',
    'Content-Length: 5',
    'Subject: s',
    ': ',
    '.',
  ],
  ...['\0', 'é', 'long '.repeat(300), 'X-Mozilla-Status: 0009', 'From ', '\r\nFrom '],
];

/** An account with mailboxes and messages of every awkward kind. */
async function fill(accountId: string, seed: number): Promise<void> {
  const { next, pick } = startRandom(seed);
  for (let index = 0; index < 14; index++) {
    const depth = 1 + next(3);
    const name = Array.from({ length: depth }, () => pick(levels)).join('/');
    await createMailbox(accountId, name).catch((error) => assert.ok(isRefusal(error), error));
  }
  for (const mailbox of await listMailboxes(accountId)) {
    const messages = [];
    for (let index = next(9); index > 0; index--) {
      const body = Array.from({ length: next(30) }, () => pick(pieces)).join('');
      const keywords = Array.from(
        { length: next(4) },
        () => `${pick(['k', '$Label', 'W'])}${next(20)}`,
      );
      messages.push(
        await makeMessage(Buffer.from(pick(['', 'Subject: x\r\n\r\n', 'A: b\n\n']) + body), {
          flags: next(32),
          keywords: next(8) === 0 ? [...keywords, '$Forwarded'] : keywords,
          internalDate: new Date(1_000_000_000_000 + next(2_000_000) * 300_007),
        }),
      );
    }
    if (messages.length === 0) continue;
    const { uids } = await appendMessages(accountId, mailbox.id, messages);
    await removeMessages(
      accountId,
      mailbox.id,
      uids.filter(() => next(4) === 0),
    );
    if (next(3) === 0) await setSubscription(accountId, mailbox.name, true);
  }
}

describe('what is exported and imported again', () => {
  for (const format of formats) {
    for (const seed of [1, 2, 3]) {
      it(`is the same: ${format}, seed ${seed}`, async () => {
        const from = await makeAccount();
        await fill(from, seed);
        const path = place();
        await exportTo(from, path, format);
        // Mailboxes are older than the account they come into.
        shiftClock(dayMs);
        const into = await makeAccount();
        const result = await importFrom(into, path);
        assert.deepEqual([result.problems, result.skipped], [[], 0]);
        const [wanted, held] = [await holdings(from), await holdings(into)];
        assert.deepEqual(Object.keys(held).sort(), Object.keys(wanted).sort());
        for (const [name, one] of Object.entries(wanted)) {
          assert.deepEqual(held[name], one, `${format} ${seed} ${name}`);
        }
        const second = await importFrom(into, path);
        assert.deepEqual([second.messages, second.known], [0, result.messages]);
      });
    }
  }

  it('keeps UIDLs', async () => {
    const source = place();
    makeMaildir(source);
    writeFile(join(source, 'dovecot-uidlist'), '3 V1300000001 N50 G0\n7 Pold:uidl :1.a\n9 :2.b\n');
    writeFile(join(source, 'cur', '1.a:2,S'), text('a'));
    writeFile(join(source, 'cur', '2.b:2,S'), text('b'));
    const from = await makeAccount();
    await importFrom(from, source);
    for (const format of formats) {
      const path = place();
      await exportTo(from, path, format);
      const into = await makeAccount();
      await importFrom(into, path);
      const inbox = await mailboxOf(into, 'INBOX');
      assert.deepEqual([...(await readPopUids(into, inbox.id))], [[7, 'old:uidl']], format);
    }
  });

  it('has more keywords than letters', async () => {
    const from = await makeAccount();
    const inbox = await mailboxOf(from, 'INBOX');
    const messages = [];
    for (let index = 0; index < 40; index++) {
      messages.push(await makeMessage(text(`m${index}`), { keywords: [`word${index}`, 'all'] }));
    }
    await appendMessages(from, inbox.id, messages);
    const path = place();
    await exportTo(from, path, 'maildir');
    const into = await makeAccount();
    await importFrom(into, path);
    assert.deepEqual(
      (await holdings(into)).INBOX?.messages,
      (await holdings(from)).INBOX?.messages,
    );
  });
});

describe('a second export', () => {
  for (const format of ['maildir', 'eml'] as const) {
    it(`adds what is new, and mends what is not whole: ${format}`, async () => {
      const accountId = await makeAccount();
      const inbox = await mailboxOf(accountId, 'INBOX');
      await appendTexts(accountId, inbox.id, [text('a'), text('b')]);
      const path = place();
      assert.equal((await exportTo(accountId, path, format)).messages, 2);
      const again = await exportTo(accountId, path, format);
      assert.deepEqual([again.messages, again.known], [0, 2]);
      await appendTexts(accountId, inbox.id, [text('c')]);
      const third = await exportTo(accountId, path, format);
      assert.deepEqual([third.messages, third.known], [1, 2]);
      if (format === 'maildir') {
        const [first = ''] = readdirSync(join(path, 'cur'));
        truncateSync(join(path, 'cur', first), 10);
        rmSync(join(path, 'dovecot-uidlist'));
        assert.equal((await exportTo(accountId, path, format)).messages, 1);
      }
      const into = await makeAccount();
      await importFrom(into, path);
      const [wanted, held] = [await holdings(accountId), await holdings(into)];
      assert.deepEqual(held.INBOX?.messages, wanted.INBOX?.messages);
    });
  }

  it('wants a folder of its own', async () => {
    const accountId = await makeAccount();
    const path = place();
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.txt'), 'x');
    const reasonOf = (other: string, format: 'maildir' | 'mbox') =>
      exportTo(other, path, format).then(
        () => 'none',
        (error) => (isRefusal(error) ? error.reason : String(error)),
      );
    assert.equal(await reasonOf(accountId, 'maildir'), 'exists');
    rmSync(join(path, 'thesis.txt'));
    assert.equal(await reasonOf(accountId, 'maildir'), 'none');
    assert.equal(await reasonOf(accountId, 'mbox'), 'conflict');
    assert.equal(await reasonOf(await makeAccount(), 'maildir'), 'conflict');
  });

  it('takes one mailbox with those below it where told so', async () => {
    const accountId = await makeAccount();
    await createMailbox(accountId, 'Work/2020');
    await createMailbox(accountId, 'Workshop');
    const account = { id: accountId, address: `${accountId}@example.test` };
    const result = await exportMail(account, place(), { format: 'eml', folder: 'Work' });
    assert.deepEqual(
      result.folders.map(({ mailbox }) => mailbox),
      ['Work', 'Work/2020'],
    );
    const error = await exportMail(account, place(), { format: 'eml', folder: 'No' }).catch(
      (e) => e,
    );
    assert.ok(isRefusal(error, 'not-found'));
  });
});

const missing = (program: string) =>
  spawnSync(program, ['--version']).error ? `${program} is not installed here` : false;

describe('other programs', () => {
  it('mbsync reads the Maildir', { skip: missing('mbsync') }, async () => {
    const accountId = await makeAccount();
    const inbox = await mailboxOf(accountId, 'INBOX');
    await createMailbox(accountId, 'Entwürfe/2019');
    const deep = await mailboxOf(accountId, 'Entwürfe/2019');
    const flagged = await makeMessage(text('flagged'), { flags: 1 | 4, keywords: ['$Forwarded'] });
    await appendMessages(accountId, inbox.id, [flagged, await makeMessage(text('plain'))]);
    await appendTexts(accountId, deep.id, [text('deep')]);
    const path = place();
    await exportTo(accountId, path, 'maildir');
    const copy = place();
    const config = join(folder.path, `mbsyncrc${count}`);
    writeFileSync(
      config,
      `MaildirStore from\nInbox ${path}\nSubFolders Maildir++\n\n` +
        `MaildirStore to\nPath ${copy}/\nInbox ${copy}/INBOX\nSubFolders Verbatim\n\n` +
        `Channel all\nFar :from:\nNear :to:\nPatterns *\nCreate Near\nSync Pull\nSyncState ${folder.path}/state-\n`,
    );
    mkdirSync(copy);
    const run = spawnSync('mbsync', ['-c', config, '-a'], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    const names = readdirSync(join(copy, 'INBOX', 'cur')).concat(
      readdirSync(join(copy, 'INBOX', 'new')),
    );
    assert.equal(names.length, 2);
    assert.ok(
      names.some((name) => /:2,FPS/.test(name)),
      names.join(' '),
    );
    const into = await makeAccount();
    await importFrom(into, copy, { keepNames: true });
    assert.deepEqual((await subjectsOf(into, 'INBOX')).sort(), ['flagged', 'plain']);
    assert.deepEqual(await subjectsOf(into, 'Entwürfe/2019'), ['deep']);
  });

  const noTerminal = missing('neomutt') || missing('script');
  it('neomutt reads Maildir and mbox', { skip: noTerminal }, async () => {
    const accountId = await makeAccount();
    const inbox = await mailboxOf(accountId, 'INBOX');
    const body = 'x\n\nFrom here Wed Jul  1 10:00:00 2020\n';
    await appendMessages(accountId, inbox.id, [
      await makeMessage(text('Nussknacker', body), { flags: 1 }),
      await makeMessage(text('Kobel')),
    ]);
    for (const format of ['maildir', 'mbox'] as const) {
      const path = place();
      await exportTo(accountId, path, format);
      const file = format === 'mbox' ? join(path, 'INBOX') : path;
      const command = `neomutt -n -F /dev/null -R -f ${file} -e 'set quit=yes' -e 'push <exit>'`;
      const env = { ...process.env, TERM: 'xterm', HOME: folder.path };
      // Without it, neomutt asks whether to make it.
      mkdirSync(join(folder.path, 'Mail'), { recursive: true });
      // It wants a terminal, and draws its list of messages there.
      const run = spawnSync('script', ['-qec', command, '/dev/null'], {
        ...{ encoding: 'utf8', env, timeout: 150_000, stdio: ['ignore', 'pipe', 'pipe'] },
      });
      assert.equal(run.status, 0, run.stdout);
      assert.match(run.stdout, /Nussknacker/, format);
      assert.match(run.stdout, /Kobel/, format);
      assert.match(run.stdout, /Msgs:2\b/, format);
    }
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { onPoke } from '#lib/poke.ts';
import { readChanges, readView } from '#server/store/journal.ts';
import { canonicalName } from '#server/store/mailbox-name.ts';
import {
  claimRecent,
  createMailbox,
  deleteMailbox,
  ensureMailboxes,
  findMailbox,
  listMailboxes,
  listSubscriptions,
  maxMailboxes,
  renameMailbox,
  setSubscription,
} from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { appendTexts, checkCounters, mailboxOf, makeAccount } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

async function namesOf(account: string): Promise<string[]> {
  return (await listMailboxes(account)).map((mailbox) => mailbox.name);
}

describe('names', () => {
  const good: [string, string, string][] = [
    ['inbox', 'INBOX', 'the inbox has one spelling'],
    ['InBox/a', 'INBOX/a', 'also as a parent'],
    ['a/inbox', 'a/inbox', 'but only on the first level'],
    ['ınbox', 'ınbox', 'a dotless i is another letter'],
    ['foo/', 'foo', 'a delimiter at the end only announces levels below'],
    ['Entwu\u0308rfe', 'Entw\u00fcrfe', 'NFC'],
    ['../x', '../x', 'a name is data, never a path'],
    ['a*b%c "\\', 'a*b%c "\\', 'special only in patterns and on the wire'],
    ['草稿/😀', '草稿/😀', 'every script'],
    ['x'.repeat(255), 'x'.repeat(255), 'longest level'],
    [`${'a/'.repeat(19)}a`, `${'a/'.repeat(19)}a`, 'deepest'],
  ];
  for (const [name, canonical, why] of good) {
    test(`${JSON.stringify(name.slice(0, 20))}: ${why}`, () => {
      assert.equal(canonicalName(name), canonical);
    });
  }
  const bad: [string, string][] = [
    ['', 'empty'],
    ['/', 'only a delimiter'],
    ['/a', 'empty first level'],
    ['a//b', 'empty level'],
    ['a//', 'empty last level'],
    ['a\u0000b', 'NUL'],
    ['a\r\nb', 'line end'],
    ['a\u007fb', 'DEL'],
    ['a\u0085b', 'C1'],
    ['a\u202eb', 'text direction'],
    ['a\ud800', 'lone surrogate'],
    ['x'.repeat(256), 'level too long'],
    ['ü'.repeat(128), 'level too long in bytes'],
    [`${'a/'.repeat(20)}a`, 'too deep'],
    [Array(10).fill('x'.repeat(120)).join('/'), 'too long in all'],
  ];
  for (const [name, why] of bad) {
    test(`refused: ${why}`, async () => {
      assert.throws(() => canonicalName(name), { reason: 'invalid' });
      assert.equal(await findMailbox('nobody', name), null);
    });
  }
});

describe('first mailboxes', () => {
  test('are there once, with their uses, subscribed', async () => {
    const account = await makeAccount();
    await Promise.all([ensureMailboxes(account), ensureMailboxes(account)]);
    const all = await listMailboxes(account);
    assert.deepEqual(
      all.map(({ name, specialUse }) => [name, specialUse]),
      [
        ['INBOX', null],
        ['Archive', '\\Archive'],
        ['Drafts', '\\Drafts'],
        ['Junk', '\\Junk'],
        ['Sent', '\\Sent'],
        ['Trash', '\\Trash'],
      ],
    );
    assert.equal(new Set(all.map(({ uidValidity }) => uidValidity)).size, 6);
    assert.equal((await listSubscriptions(account)).length, 6);
  });

  test('a deleted one stays deleted', async () => {
    const account = await makeAccount();
    await deleteMailbox(account, 'Archive');
    await ensureMailboxes(account);
    assert.equal(await findMailbox(account, 'Archive'), null);
  });

  test('not for an account that is not there', async () => {
    await assert.rejects(ensureMailboxes('nobody'), { reason: 'not-found' });
    await assert.rejects(createMailbox('nobody', 'x'), { reason: 'not-found' });
    assert.equal(await db.mailbox.count({ where: { accountId: 'nobody' } }), 0);
  });
});

describe('create', () => {
  test('makes real parents', async () => {
    const account = await makeAccount();
    const created = await createMailbox(account, 'a/b/c', '\\Flagged');
    assert.equal(created.name, 'a/b/c');
    assert.equal(created.specialUse, '\\Flagged');
    assert.equal((await mailboxOf(account, 'a/b')).specialUse, null);
    assert.ok(await findMailbox(account, 'a'));
    await createMailbox(account, 'a/b/d');
    assert.deepEqual(
      (await namesOf(account)).filter((name) => name.startsWith('a')),
      ['a', 'a/b', 'a/b/c', 'a/b/d'],
    );
  });

  test('refuses what is there in any spelling, and unknown uses', async () => {
    const account = await makeAccount();
    await createMailbox(account, 'Ü');
    await assert.rejects(createMailbox(account, 'U\u0308'), { reason: 'exists' });
    await assert.rejects(createMailbox(account, 'iNbOx'), { reason: 'exists' });
    await assert.rejects(createMailbox(account, 'x', '\\All'), { reason: 'invalid' });
    await assert.rejects(createMailbox(account, 'a//b'), { reason: 'invalid' });
  });

  test('two at once: one wins', async () => {
    const account = await makeAccount();
    const results = await Promise.allSettled([
      createMailbox(account, 'p/q'),
      createMailbox(account, 'p/q'),
    ]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  test('stops at the limit', async () => {
    const account = await makeAccount();
    const count = maxMailboxes - (await listMailboxes(account)).length - 18;
    await write(async (tx) => {
      for (let from = 0; from < count; from += 500) {
        const data = Array.from({ length: Math.min(500, count - from) }, (_unused, at) => {
          const [name, uidValidity] = [`m${from + at}`, 5_000_000 + from + at];
          return { accountId: account, id: newId(), name, uidValidity, createdAt: now() };
        });
        await tx.mailbox.createMany({ data });
      }
    });
    const levels = Array.from({ length: 19 }, (_, index) => index).join('/');
    await assert.rejects(createMailbox(account, `last/${levels}`), { reason: 'limit' });
    await assert.rejects(renameMailbox(account, 'Junk', `last/${levels}`), { reason: 'limit' });
    await createMailbox(account, levels.replace(/^0\//, ''));
    await renameMailbox(account, 'Junk', 'Rubbish');
    assert.equal(await db.mailbox.count({ where: { accountId: account } }), maxMailboxes);
  });
});

describe('UIDVALIDITY', () => {
  test('never comes back, also within one second and for another name', async () => {
    const account = await makeAccount();
    const seen = new Set((await listMailboxes(account)).map(({ uidValidity }) => uidValidity));
    let last = 0;
    freezeClock(new Date('2027-01-01T00:00:00Z'));
    try {
      for (let round = 0; round < 20; round++) {
        const { uidValidity } = await createMailbox(account, 'again');
        assert.ok(uidValidity > last && uidValidity < 2 ** 32);
        assert.ok(!seen.has(uidValidity));
        seen.add(uidValidity);
        last = uidValidity;
        await deleteMailbox(account, 'again');
      }
    } finally {
      freezeClock(null);
    }
  });
});

describe('rename', () => {
  test('takes along what is below, and its mail', async () => {
    const account = await makeAccount();
    const before = await createMailbox(account, 'a/b/c');
    await createMailbox(account, 'ab');
    await appendTexts(account, before.id, ['Subject: x\n\n']);
    await renameMailbox(account, 'a', 'new/place');
    assert.deepEqual((await namesOf(account)).slice(6), [
      'ab',
      'new',
      'new/place',
      'new/place/b',
      'new/place/b/c',
    ]);
    const after = await mailboxOf(account, 'new/place/b/c');
    assert.equal(after.id, before.id);
    assert.equal(after.uidValidity, before.uidValidity);
    assert.equal(after.messages, 1);
    await checkCounters(account);
  });

  test('of INBOX moves its mail and leaves it, and what is below it (RFC 3501 §6.3.5)', async () => {
    const account = await makeAccount();
    const inbox = await mailboxOf(account, 'INBOX');
    await createMailbox(account, 'INBOX/below');
    await appendTexts(account, inbox.id, ['Subject: 1\n\n', 'Subject: 2\n\n']);
    await renameMailbox(account, 'inbox', 'old mail');
    const emptied = await mailboxOf(account, 'INBOX');
    assert.equal(emptied.id, inbox.id);
    assert.equal(emptied.uidValidity, inbox.uidValidity);
    assert.equal(emptied.messages, 0);
    assert.equal(emptied.uidNext, 3);
    assert.equal((await mailboxOf(account, 'old mail')).messages, 2);
    assert.ok(await findMailbox(account, 'INBOX/below'));
    assert.deepEqual((await readChanges(account, inbox.id, 1)).vanished, [1, 2]);
    await checkCounters(account);
  });

  test('refuses', async () => {
    const account = await makeAccount();
    await createMailbox(account, 'x/y');
    await assert.rejects(renameMailbox(account, 'x', 'x/z'), { reason: 'invalid' });
    await assert.rejects(renameMailbox(account, 'x', 'Sent'), { reason: 'exists' });
    await assert.rejects(renameMailbox(account, 'x', 'x'), { reason: 'exists' });
    await assert.rejects(renameMailbox(account, 'nothing', 'z'), { reason: 'not-found' });
    await assert.rejects(renameMailbox(account, 'x', 'INBOX'), { reason: 'exists' });
    await assert.rejects(renameMailbox(account, 'x', `${'l/'.repeat(18)}l/l`), {
      reason: 'invalid',
    });
    assert.equal(await findMailbox(account, 'l'), null, 'a refusal leaves no parents behind');
  });
});

describe('delete', () => {
  test('takes the mail, keeps the subscription', async () => {
    const account = await makeAccount();
    const mailbox = await createMailbox(account, 'gone');
    await setSubscription(account, 'gone', true);
    await appendTexts(account, mailbox.id, ['Subject: 1\n\n', 'Subject: 2\n\n']);
    await deleteMailbox(account, 'gone');
    await assert.rejects(readView(account, mailbox.id), { reason: 'not-found' });
    assert.equal(await db.message.count({ where: { mailboxId: mailbox.id } }), 0);
    assert.ok((await listSubscriptions(account)).includes('gone'));
    await setSubscription(account, 'gone', false);
    assert.ok(!(await listSubscriptions(account)).includes('gone'));
    await checkCounters(account);
  });

  test('refuses INBOX, parents and what is not there', async () => {
    const account = await makeAccount();
    await createMailbox(account, 'a/b');
    await assert.rejects(deleteMailbox(account, 'inbox'), { reason: 'forbidden' });
    await assert.rejects(deleteMailbox(account, 'a'), { reason: 'in-use' });
    await assert.rejects(deleteMailbox(account, 'c'), { reason: 'not-found' });
    await assert.rejects(deleteMailbox(account, 'a//b'), { reason: 'not-found' });
  });
});

test('a subscription needs a mailbox', async () => {
  const account = await makeAccount();
  await assert.rejects(setSubscription(account, 'nothing', true), { reason: 'not-found' });
  await setSubscription(account, 'inbox', true);
  assert.deepEqual(
    (await listSubscriptions(account)).filter((name) => name === 'INBOX'),
    ['INBOX'],
  );
});

test('\\Recent is claimed once (RFC 3501 §2.3.2)', async () => {
  const account = await makeAccount();
  const { id } = await mailboxOf(account, 'INBOX');
  await appendTexts(account, id, ['Subject: 1\n\n', 'Subject: 2\n\n']);
  assert.equal(await claimRecent(account, id), 1);
  assert.equal(await claimRecent(account, id), 3);
  await appendTexts(account, id, ['Subject: 3\n\n']);
  const claims = await Promise.all([claimRecent(account, id), claimRecent(account, id)]);
  assert.deepEqual(claims.sort(), [3, 4]);
  await assert.rejects(claimRecent(account, 'nothing'), { reason: 'not-found' });
});

test('nothing of another account can be reached', async () => {
  const owner = await makeAccount();
  const other = await makeAccount();
  const mailbox = await createMailbox(owner, 'private');
  await appendTexts(owner, mailbox.id, ['Subject: 1\n\n']);
  assert.equal(await findMailbox(other, 'private'), null);
  assert.ok(!(await namesOf(other)).includes('private'));
  await assert.rejects(deleteMailbox(other, 'private'), { reason: 'not-found' });
  await assert.rejects(renameMailbox(other, 'private', 'mine'), { reason: 'not-found' });
  await assert.rejects(setSubscription(other, 'private', true), { reason: 'not-found' });
  await assert.rejects(claimRecent(other, mailbox.id), { reason: 'not-found' });
  await createMailbox(other, 'private');
  assert.equal((await mailboxOf(owner, 'private')).messages, 1);
});

test('changes of the list are told', async () => {
  const account = await makeAccount();
  let pokes = 0;
  const stop = onPoke(`account:${account}`, () => pokes++);
  await createMailbox(account, 'a');
  await renameMailbox(account, 'a', 'b');
  await deleteMailbox(account, 'b');
  stop();
  assert.equal(pokes, 3);
});

// Some hundred random operations against a model that keeps everything in plain lists. The seed is fixed;
// STORE_SEED=n repeats another run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { expungeMessages, removeMessages } from '#server/store/expunge.ts';
import { changeFlags } from '#server/store/flags.ts';
import { readChanges, readView } from '#server/store/journal.ts';
import {
  createMailbox,
  deleteMailbox,
  listMailboxes,
  renameMailbox,
} from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { checkCounters, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

type ModelMessage = { uid: number; flags: number; keywords: string; text: string };
type ModelMailbox = { id: string; name: string; uidNext: number; messages: ModelMessage[] };

/** A small generator of numbers (mulberry32), so that a failure can be repeated. */
function makeRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(list: T[]): T => list[below(list.length)]! };
}

for (const seed of [1, 2, Number(process.env.STORE_SEED ?? 3)]) {
  test(`random operations keep rows, counters and journal right (seed ${seed})`, async () => {
    const random = makeRandom(seed);
    const account = await makeAccount();
    const bystander = await makeAccount();
    const model: ModelMailbox[] = (await listMailboxes(account)).map(({ id, name }) => ({
      id,
      name,
      uidNext: 1,
      messages: [],
    }));
    /** What a session knows that reads only the journal. */
    const sessions = new Map<string, { modseq: number; entries: Map<number, string> }>();
    let names = 0;

    const someUids = (mailbox: ModelMailbox) => {
      const uids = mailbox.messages.filter(() => random.below(3) === 0).map(({ uid }) => uid);
      return random.below(4) === 0 ? [...uids, mailbox.uidNext + 5] : uids;
    };
    const take = (mailbox: ModelMailbox, uids: number[]) => {
      const taken = mailbox.messages.filter(({ uid }) => uids.includes(uid));
      mailbox.messages = mailbox.messages.filter(({ uid }) => !uids.includes(uid));
      return taken;
    };
    const put = (mailbox: ModelMailbox, messages: Omit<ModelMessage, 'uid'>[]) => {
      for (const message of messages) {
        mailbox.messages.push({ ...message, uid: mailbox.uidNext++ });
      }
    };

    const operations: (() => Promise<void>)[] = [
      async () => {
        const mailbox = random.pick(model);
        const texts = Array.from(
          { length: 1 + random.below(6) },
          () => `Subject: ${random.below(20)}\r\n\r\n`,
        );
        const flags = random.below(32);
        const keywords = random.pick([[], ['a'], ['b', 'a']]);
        const messages = await Promise.all(
          texts.map((text) => makeMessage(text, { flags, keywords })),
        );
        const { uids } = await appendMessages(account, mailbox.id, messages);
        assert.equal(uids[0], mailbox.uidNext);
        put(
          mailbox,
          texts.map((text) => ({ flags, keywords: [...keywords].sort().join(' '), text })),
        );
      },
      async () => {
        const mailbox = random.pick(model);
        const uids = someUids(mailbox);
        const mode = random.pick(['add', 'remove', 'set'] as const);
        const flags = random.below(32);
        const keywords = random.pick([[], ['a'], ['c']]);
        await changeFlags(account, mailbox.id, uids, { mode, flags, keywords });
        for (const message of mailbox.messages.filter(({ uid }) => uids.includes(uid))) {
          const words = new Set(message.keywords.split(' ').filter((word) => word !== ''));
          if (mode === 'set') {
            message.flags = 0;
            words.clear();
          }
          for (const word of keywords) {
            if (mode === 'remove') words.delete(word);
            else words.add(word);
          }
          message.flags = mode === 'remove' ? message.flags & ~flags : message.flags | flags;
          message.keywords = [...words].sort().join(' ');
        }
      },
      async () => {
        const [from, to] = [random.pick(model), random.pick(model)];
        const uids = someUids(from);
        const { pairs } = await copyMessages(account, from.id, uids, to.id);
        const copied = from.messages
          .filter(({ uid }) => uids.includes(uid))
          .map((message) => ({ ...message }));
        assert.deepEqual(
          pairs,
          copied.map(({ uid }, index) => [uid, to.uidNext + index]),
        );
        put(to, copied);
      },
      async () => {
        const [from, to] = [random.pick(model), random.pick(model)];
        const uids = someUids(from);
        await moveMessages(account, from.id, uids, to.id);
        put(to, take(from, uids));
      },
      async () => {
        const mailbox = random.pick(model);
        const uids = random.below(2) === 0 ? null : someUids(mailbox);
        const expunged = await expungeMessages(account, mailbox.id, uids);
        const leaving = mailbox.messages.filter(
          ({ uid, flags }) => (flags & 8) !== 0 && (uids === null || uids.includes(uid)),
        );
        assert.deepEqual(
          expunged.uids,
          take(
            mailbox,
            leaving.map(({ uid }) => uid),
          ).map(({ uid }) => uid),
        );
      },
      async () => {
        const mailbox = random.pick(model);
        const uids = someUids(mailbox);
        await removeMessages(account, mailbox.id, uids);
        take(mailbox, uids);
      },
      async () => {
        const name = `box ${names++}`;
        const { id } = await createMailbox(account, name);
        model.push({ id, name, uidNext: 1, messages: [] });
      },
      async () => {
        const mailbox = random.pick(model);
        const name = `box ${names++}`;
        await renameMailbox(account, mailbox.name, name);
        if (mailbox.name !== 'INBOX') {
          mailbox.name = name;
          return;
        }
        const created = (await listMailboxes(account)).find((each) => each.name === name)!;
        const target: ModelMailbox = { id: created.id, name, uidNext: 1, messages: [] };
        model.push(target);
        put(target, mailbox.messages);
        mailbox.messages = [];
      },
      async () => {
        const mailbox = random.pick(model);
        try {
          await deleteMailbox(account, mailbox.name);
          model.splice(model.indexOf(mailbox), 1);
          sessions.delete(mailbox.id);
        } catch (error) {
          assert.ok(isRefusal(error, 'forbidden') && mailbox.name === 'INBOX');
        }
      },
    ];
    // Appending is more frequent, so that there is something to work on.
    const weighted = [operations[0]!, operations[0]!, operations[0]!, ...operations];

    const check = async (mailbox: ModelMailbox) => {
      const view = await readView(account, mailbox.id);
      const show = ({ uid, flags, keywords }: { uid: number; flags: number; keywords: string }) =>
        `${uid} ${flags} ${keywords}`;
      assert.deepEqual([...view.roll.entries()].map(show), mailbox.messages.map(show));
      assert.equal(view.mailbox.uidNext, mailbox.uidNext);
      assert.equal(view.mailbox.name, mailbox.name);
      const session = sessions.get(mailbox.id) ?? { modseq: 0, entries: new Map() };
      sessions.set(mailbox.id, session);
      const changes = await readChanges(account, mailbox.id, session.modseq);
      for (const entry of changes.changed) session.entries.set(entry.uid, show(entry));
      for (const uid of changes.vanished) session.entries.delete(uid);
      session.modseq = changes.mailbox.highestModseq;
      const known = [...session.entries].sort(([a], [b]) => a - b).map(([, text]) => text);
      assert.deepEqual(known, mailbox.messages.map(show), 'the journal tells everything');
    };

    for (let step = 0; step < 250; step++) {
      await random.pick(weighted)();
      if (step % 5 === 0) await check(random.pick(model));
      if (step % 50 === 0) await checkCounters(account);
    }
    for (const mailbox of model) {
      await check(mailbox);
      const rows = await readMessages(
        account,
        mailbox.id,
        mailbox.messages.map(({ uid }) => uid),
      );
      for (const [index, row] of rows.entries()) {
        assert.equal((await readBytes(row)).toString(), mailbox.messages[index]?.text);
      }
    }
    await checkCounters(account);
    await checkCounters(bystander);
    assert.equal((await listMailboxes(account)).length, model.length);
    assert.equal((await listMailboxes(bystander)).length, 6);
  });
}

test('many operations at once leave counters and journal right', async () => {
  const random = makeRandom(7);
  const account = await makeAccount();
  const mailboxes = await listMailboxes(account);
  const message = await makeMessage('Subject: x\n\nbody');
  const anyUids = () => Array.from({ length: 5 }, () => 1 + random.below(60));
  const work: Promise<unknown>[] = [];
  for (let step = 0; step < 300; step++) {
    const [one, other] = [random.pick(mailboxes).id, random.pick(mailboxes).id];
    const change = { mode: 'add' as const, flags: random.below(32), keywords: [] };
    const acts = [
      () => appendMessages(account, one, [message, { ...message, flags: random.below(32) }]),
      () => appendMessages(account, one, [message]),
      () => changeFlags(account, one, anyUids(), change),
      () => copyMessages(account, one, anyUids(), other),
      () => moveMessages(account, one, anyUids(), other),
      () => expungeMessages(account, one, random.below(2) === 0 ? null : anyUids()),
    ];
    work.push(random.pick(acts)());
    if (step % 20 === 0) await work.at(-1);
  }
  await Promise.all(work);
  await checkCounters(account);
  for (const { id } of mailboxes) {
    const view = await readView(account, id);
    const { changed, vanished } = await readChanges(account, id, 0);
    assert.deepEqual(changed, [...view.roll.entries()]);
    const uids = [...changed.map(({ uid }) => uid), ...vanished].sort((a, b) => a - b);
    assert.deepEqual(
      uids,
      Array.from({ length: view.mailbox.uidNext - 1 }, (_, index) => index + 1),
    );
  }
});

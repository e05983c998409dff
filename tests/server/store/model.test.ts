// Some hundred random operations against a model that keeps everything in plain lists. The seed is fixed;
// STORE_SEED=n repeats another run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import {
  findRecoverable,
  listDeleted,
  purgeAccount,
  restoreMessages,
} from '#server/store/deleted/recoverable.ts';
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
type ModelMailbox = {
  id: string;
  name: string;
  uidNext: number;
  messages: ModelMessage[];
  /** UIDs that were expunged, and what they were called in the twin. */
  gone: Map<number, number>;
};
/** The mailbox of deleted messages of the mailbox of that name. */
type ModelTwin = Pick<ModelMailbox, 'name' | 'uidNext' | 'messages'>;

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
      gone: new Map(),
    }));
    const twins = new Map<string, ModelTwin>();
    /** Names of mailboxes that were deleted or renamed. */
    const oldNames: string[] = [];
    /** What a session knows that reads only the journal. */
    const sessions = new Map<string, { modseq: number; entries: Map<number, string> }>();
    let names = 0;

    const someUids = (mailbox: ModelMailbox) => {
      const uids = mailbox.messages.filter(() => random.below(3) === 0).map(({ uid }) => uid);
      return random.below(4) === 0 ? [...uids, mailbox.uidNext + 5] : uids;
    };
    const take = (mailbox: ModelTwin, uids: number[]) => {
      const taken = mailbox.messages.filter(({ uid }) => uids.includes(uid));
      mailbox.messages = mailbox.messages.filter(({ uid }) => !uids.includes(uid));
      return taken;
    };
    const put = (mailbox: ModelTwin, messages: Omit<ModelMessage, 'uid'>[]) => {
      for (const message of messages) {
        mailbox.messages.push({ ...message, uid: mailbox.uidNext++ });
      }
    };
    /** What expunge does with messages that were taken. */
    const keep = (mailbox: ModelMailbox, taken: ModelMessage[]) => {
      if (taken.length === 0) return;
      const uidNext = Math.max(0, ...mailbox.gone.values()) + 1;
      const twin = twins.get(mailbox.name) ?? { name: mailbox.name, uidNext, messages: [] };
      twins.set(mailbox.name, twin);
      for (const message of taken) {
        mailbox.gone.set(message.uid, twin.uidNext);
        put(twin, [{ ...message, flags: message.flags & ~8 }]);
      }
    };
    const add = (id: string, name: string) => {
      const mailbox: ModelMailbox = { id, name, uidNext: 1, messages: [], gone: new Map() };
      model.push(mailbox);
      return mailbox;
    };
    const twinIdOf = async (name: string) => (await findRecoverable(account, name))?.id ?? '';
    /** A name that no mailbox has: a new one, or one whose twin may be left. */
    const freeName = () => {
      const old = oldNames.filter((name) => !model.some((each) => each.name === name));
      const kept = old.filter((name) => twins.has(name));
      if (kept.length > 0 && random.below(4) > 0) return random.pick(kept);
      return old.length > 0 && random.below(2) === 0 ? random.pick(old) : `box ${names++}`;
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
        const taken = take(
          mailbox,
          leaving.map(({ uid }) => uid),
        );
        assert.deepEqual(
          expunged.uids,
          taken.map(({ uid }) => uid),
        );
        keep(mailbox, taken);
      },
      async () => {
        const mailbox = random.pick(model);
        const uids = someUids(mailbox);
        await removeMessages(account, mailbox.id, uids);
        keep(mailbox, take(mailbox, uids));
      },
      async () => {
        const name = freeName();
        add((await createMailbox(account, name)).id, name);
      },
      async () => {
        const mailbox = random.pick(model);
        const name = freeName();
        await renameMailbox(account, mailbox.name, name);
        if (mailbox.name !== 'INBOX') {
          const [own, other] = [twins.get(mailbox.name), twins.get(name)];
          if (other) for (const uid of mailbox.gone.keys()) mailbox.gone.set(uid, 0);
          if (other && own) put(other, own.messages);
          else if (own) twins.set(name, { ...own, name });
          twins.delete(mailbox.name);
          oldNames.push(mailbox.name);
          mailbox.name = name;
          return;
        }
        const created = (await listMailboxes(account)).find((each) => each.name === name)!;
        put(add(created.id, name), mailbox.messages);
        mailbox.messages = [];
      },
      async () => {
        const mailbox = random.pick(model);
        try {
          await deleteMailbox(account, mailbox.name);
          keep(mailbox, mailbox.messages);
          oldNames.push(mailbox.name);
          model.splice(model.indexOf(mailbox), 1);
          sessions.delete(mailbox.id);
        } catch (error) {
          assert.ok(isRefusal(error, 'forbidden') && mailbox.name === 'INBOX');
        }
      },
      async () => {
        if (twins.size === 0) return;
        const twin = random.pick([...twins.values()]);
        const uids = twin.messages.filter(() => random.below(2) === 0).map(({ uid }) => uid);
        const name = random.below(3) === 0 ? random.pick(model).name : twin.name;
        try {
          const restored = await restoreMessages(account, await twinIdOf(twin.name), uids, name);
          const target = model.find((each) => each.name === name) ?? add(restored.mailboxId, name);
          assert.equal(restored.mailboxId, target.id);
          assert.equal(restored.pairs[0]?.[1], target.uidNext);
          put(target, take(twin, uids));
        } catch (error) {
          assert.ok(isRefusal(error, 'not-found') && uids.length === 0);
        }
      },
      async () => {
        if (twins.size === 0) return;
        const twin = random.pick([...twins.values()]);
        const uids = twin.messages.filter(() => random.below(3) === 0).map(({ uid }) => uid);
        await removeMessages(account, await twinIdOf(twin.name), uids);
        take(twin, uids);
      },
      async () => {
        if (random.below(4) > 0) return;
        const kept = [...twins.values()].reduce((sum, twin) => sum + twin.messages.length, 0);
        assert.equal((await purgeAccount(account, { isAll: true })).messages, kept);
        twins.clear();
      },
    ];
    // Appending is more frequent, so that there is something to work on.
    const weighted = [operations[0]!, operations[0]!, operations[0]!, ...operations];

    const show = ({ uid, flags, keywords }: { uid: number; flags: number; keywords: string }) =>
      `${uid} ${flags} ${keywords}`;
    const check = async (mailbox: ModelMailbox) => {
      const view = await readView(account, mailbox.id);
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

    /** What is kept, and that an expunged UID reads as what it was or not at all. */
    const checkKept = async (mailbox: ModelMailbox) => {
      const twin = twins.get(mailbox.name);
      const found = await findRecoverable(account, mailbox.name);
      assert.equal(found?.uidNext, twin?.uidNext);
      if (found) {
        const { roll } = await readView(account, found.id);
        assert.deepEqual([...roll.entries()].map(show), twin?.messages.map(show));
      }
      const expected = [...mailbox.gone].flatMap(([uid, keptUid]) => {
        const kept = twin?.messages.find((message) => message.uid === keptUid);
        return kept ? [{ uid, text: kept.text }] : [];
      });
      const rows = await readMessages(account, mailbox.id, [...mailbox.gone.keys()]);
      const read = rows.map(async (row) => ({ uid: row.uid, text: `${await readBytes(row)}` }));
      assert.deepEqual(
        await Promise.all(read),
        expected.sort((a, b) => a.uid - b.uid),
      );
    };

    for (let step = 0; step < 250; step++) {
      await random.pick(weighted)();
      if (step % 5 === 0) await check(random.pick(model));
      if (step % 5 === 1) await checkKept(random.pick(model));
      if (step % 50 === 0) await checkCounters(account);
    }
    for (const mailbox of model) {
      await check(mailbox);
      await checkKept(mailbox);
      const rows = await readMessages(
        account,
        mailbox.id,
        mailbox.messages.map(({ uid }) => uid),
      );
      for (const [index, row] of rows.entries()) {
        assert.equal((await readBytes(row)).toString(), mailbox.messages[index]?.text);
      }
    }
    const kept = [...twins.values()].reduce((sum, twin) => sum + twin.messages.length, 0);
    assert.equal((await listDeleted(account, { limit: 1000 })).length, kept);
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
      () => removeMessages(account, one, anyUids()),
      async () => {
        const twin = await findRecoverable(account, random.pick(mailboxes).name);
        // It may be empty, and gone, when its turn comes.
        if (!twin) return;
        await moveMessages(account, twin.id, anyUids(), other).catch((error) =>
          assert.ok(isRefusal(error, 'not-found')),
        );
      },
      async () => {
        if (random.below(5) === 0) await purgeAccount(account, { isAll: true });
      },
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

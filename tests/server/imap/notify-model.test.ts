// NOTIFY against a model: a client that only listens, and does a few things itself, knows in the end of every
// mailbox what the store knows (RFC 5465), whatever others did in between and in whatever order.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/stage.ts';
import { moveMessages } from '#server/store/copy.ts';
import { expungeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import {
  createMailbox,
  deleteMailbox,
  findMailbox,
  listMailboxes,
  listSubscriptions,
  renameMailbox,
  setSubscription,
} from '#server/store/mailboxes.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines } from '#tests/support/line-client.ts';

let server: ImapServer;
before(async () => {
  server = await openImapServer();
});
after(() => server.close());

/** Numbers below `limit`, the same each time. */
function startRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
}

type Known = { numbers: string; isSubscribed: boolean };

/** What the client makes of the lines it hears. */
class Model {
  readonly mailboxes = new Map<string, Known>();

  read(text: string): void {
    for (const line of text.split('\r\n')) {
      const status = /^\* STATUS (\S+) \((.*)\)$/.exec(line);
      if (status) {
        const { isSubscribed = false } = this.mailboxes.get(status[1]!) ?? {};
        this.mailboxes.set(status[1]!, { numbers: status[2]!, isSubscribed });
      }
      const list = /^\* LIST \((.*?)\) "\/" (\S+)(?: \("OLDNAME" \((\S+)\)\))?$/.exec(line);
      if (list) this.#list(list[1]!, list[2]!, list[3]);
    }
  }

  #list(attributes: string, name: string, oldName: string | undefined): void {
    const former = this.mailboxes.get(oldName ?? name);
    if (oldName !== undefined) this.mailboxes.delete(oldName);
    if (attributes.includes('\\NonExistent')) {
      this.mailboxes.delete(name);
      return;
    }
    const isSubscribed = attributes.includes('\\Subscribed');
    this.mailboxes.set(name, { numbers: former?.numbers ?? '', isSubscribed });
  }
}

for (const seed of [1, 2, 3]) {
  it(`knows all that happened (seed ${seed})`, async () => {
    const random = startRandom(seed);
    const { id, address } = await server.addUser(`model${seed}`);
    const client = connectLines(server.port);
    await client.expect(/^\* OK/);
    await client.ask(`a LOGIN ${address} "${password}"`, /^a OK/m);
    const model = new Model();
    const events = 'MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange';
    model.read(await client.ask('b LIST "" "*" RETURN (SUBSCRIBED)', /^b OK/m));
    model.read(await client.ask(`c NOTIFY SET STATUS (personal (${events}))`, /^c OK/m));

    const names = ['INBOX', 'Sent', 'x', 'y', 'z', 'x/1', 'y/1', 'w'];
    const pick = () => names[random(names.length)]!;
    const body = await stageBytes(Buffer.from('Subject: x\r\n\r\n'));
    const message = { body, prefix: Buffer.alloc(0), keywords: [], internalDate: new Date() };
    const withUids = async (name: string): Promise<{ id: string; uids: number[] } | null> => {
      const mailbox = await findMailbox(id, name);
      if (!mailbox) return null;
      const { roll } = await readView(id, mailbox.id);
      return { id: mailbox.id, uids: [...roll.uids] };
    };
    const others: (() => Promise<unknown>)[] = [
      () => createMailbox(id, pick()),
      () => deleteMailbox(id, pick()),
      () => renameMailbox(id, pick().replace('INBOX', 'x'), pick()),
      () => setSubscription(id, pick(), random(2) === 0),
      async () => {
        const at = await withUids(pick());
        const flags = random(2) === 0 ? FLAG.seen : 0;
        if (at) await appendMessages(id, at.id, Array(1 + random(3)).fill({ ...message, flags }));
      },
      async () => {
        const at = await withUids(pick());
        const flags = random(2) === 0 ? FLAG.seen : FLAG.flagged;
        const mode = random(2) === 0 ? 'add' : 'remove';
        if (at) await changeFlags(id, at.id, at.uids, { mode, flags, keywords: [] });
      },
      async () => {
        const at = await withUids(pick());
        const uids = at?.uids.filter(() => random(2) === 0) ?? [];
        if (!at || uids.length === 0) return;
        await changeFlags(id, at.id, uids, { mode: 'add', flags: FLAG.deleted, keywords: [] });
        await expungeMessages(id, at.id, uids);
      },
      async () => {
        const [from, to] = [await withUids(pick()), await withUids(pick())];
        if (from && to && from.id !== to.id) await moveMessages(id, from.id, from.uids, to.id);
      },
    ];
    for (let step = 0; step < 150; step++) {
      const act = others[random(others.length)]!;
      await act().catch((error) => {
        if (!isRefusal(error)) throw error;
      });
      // Now and then what the client does itself; it knows what came of that.
      if (random(10) === 0) await makeOne(`own${step}`);
      if (random(5) === 0) model.read(await client.ask(`n${step} NOOP`, /^n\d+ OK/m));
    }
    async function makeOne(name: string): Promise<void> {
      const text = await client.ask(`o CREATE ${name}`, /^o OK/m);
      model.read(text);
      model.mailboxes.set(name, { numbers: '', isSubscribed: false });
      model.read(await client.ask(`o RENAME ${name} ${name}b`, /^o OK/m));
      const made = model.mailboxes.get(name)!;
      model.mailboxes.delete(name);
      model.mailboxes.set(`${name}b`, made);
    }
    model.read(await client.ask('z NOOP', /^z OK/m));
    client.close();

    const subscribed = new Set(await listSubscriptions(id));
    const expected = (await listMailboxes(id)).map((mailbox): [string, Known] => {
      const { name, messages, uidNext, uidValidity, unseen, highestModseq } = mailbox;
      const numbers = `MESSAGES ${messages} UIDNEXT ${uidNext} UIDVALIDITY ${uidValidity} UNSEEN ${unseen} HIGHESTMODSEQ ${highestModseq}`;
      // Of an empty new one there is nothing to tell.
      const isTold = uidNext > 1 || model.mailboxes.get(name)?.numbers !== '';
      return [name, { numbers: isTold ? numbers : '', isSubscribed: subscribed.has(name) }];
    });
    assert.deepEqual(new Map([...model.mailboxes].sort()), new Map(expected.sort()));
  });
}

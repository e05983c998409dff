// The load of the crash test, a process that is killed: several workers change mail at the same time and
// report what they begin and what was acknowledged, until the end. node load.ts SEED
import { writeSync } from 'node:fs';
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { openData } from '#server/data-folder.ts';
import { deliver } from '#server/delivery/local.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { startCheckpoints } from '#server/store/checkpoints.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { isRecoverable, purgeDeleted } from '#server/store/deleted/recoverable.ts';
import { expungeMessages, removeMessages } from '#server/store/expunge.ts';
import { allFlags } from '#server/store/flag-bits.ts';
import { changeFlags } from '#server/store/flags.ts';
import {
  createMailbox,
  deleteMailbox,
  listMailboxes,
  type Mailbox,
  renameMailbox,
} from '#server/store/mailboxes.ts';
import { type Begin, type Done, type Message, makeBody, makeRandom, type Report } from './plan.ts';

const seed = Number(process.argv[2]);
const workers = 6;
/** Few names again and again, so that bodies are shared, lose their last message and come back. */
const pool = ['pool-a-800', 'pool-b-3000', 'pool-c-70000', 'pool-d-120000'];
const maxInbox = 30;

let ops = 0;
let names = 0;

/** Straight into the pipe, before anything else happens. */
function tell(report: Report): void {
  const bytes = Buffer.from(`${JSON.stringify(report)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/** Reports, does, reports. A refusal is an answer too; anything else is a fault of the store. */
async function act(begin: Begin, run: () => Promise<Done>): Promise<void> {
  const op = ops++;
  tell({ op, begin });
  try {
    tell({ op, done: await run() });
  } catch (error) {
    if (isRefusal(error)) tell({ op, refused: error.reason });
    else tell({ broken: `${begin.kind}: ${(error as Error).stack}` });
  }
}

async function readMailboxMessages(accountId: string, mailboxId: string): Promise<Message[]> {
  const rows = await db.$queryRaw<(Message & { keywords: string })[]>`
    SELECT m."uid", m."emailId", m."flags", m."keywords", r."subject" AS "body" FROM "Message" m
    JOIN "Rendering" r ON r."blobId" = m."blobId"
    WHERE m."accountId" = ${accountId} AND m."mailboxId" = ${mailboxId} ORDER BY m."uid"`;
  return rows.map(({ uid, emailId, flags, keywords, body }) => ({
    uid: Number(uid),
    emailId,
    flags: Number(flags) & allFlags,
    body,
    id: keywords || body,
  }));
}

const random = makeRandom(seed);
const newName = (size: number) => `s${seed}-${names++}-${size}`;
const uidsOf = (messages: Message[]) => messages.map(({ uid }) => uid);

function newMessages(): { id: string; body: string; flags: number }[] {
  return Array.from({ length: 1 + random.below(4) }, () => {
    const size = random.below(5) === 0 ? 66_000 + random.below(100_000) : 300 + random.below(6000);
    const id = newName(size);
    return { id, body: random.below(4) === 0 ? random.pick(pool) : id, flags: random.below(8) };
  });
}

async function append(account: string, to: Mailbox): Promise<void> {
  const messages = newMessages();
  await act({ kind: 'append', account, to: to.id, messages }, async () => {
    const staged = await Promise.all(
      messages.map(async ({ id, body, flags }) => ({
        body: await stageBytes(makeBody(body)),
        prefix: Buffer.from(`X-Trace: ${id}\r\n`),
        flags,
        keywords: [id],
        internalDate: now(),
      })),
    );
    const { uids, uidValidity, emailIds } = await appendMessages(account, to.id, staged);
    return { uids, uidValidity, emailIds };
  });
}

async function deliverToAll(accounts: string[]): Promise<void> {
  const name = newName(random.below(4) === 0 ? 90_000 : 2000);
  const remote = random.below(8) === 0 ? `${name}@remote.test` : '';
  const inboxes = await Promise.all(
    accounts.map(async (account) => ({ account, to: (await findInbox(account)).id })),
  );
  const messages = [{ id: name, body: name, flags: 0 }];
  await act({ kind: 'deliver', inboxes, messages, remote }, async () => {
    await deliver({
      body: await stageBytes(makeBody(name)),
      sender: 'load@crash.test',
      accountId: null,
      mailboxes: accounts.map((accountId) => ({ accountId, address: `${accountId}@crash.test` })),
      remote: remote === '' ? [] : [{ recipient: remote }],
      trace: { hostname: 'crash.test', protocol: 'local', receivedAt: now() },
      traceId: name,
    });
    return {};
  });
}

async function findInbox(account: string): Promise<Mailbox> {
  return (await listMailboxes(account)).find(({ name }) => name === 'INBOX')!;
}

async function change(account: string, from: Mailbox, messages: Message[]): Promise<void> {
  const flags = 1 << random.below(3);
  const mode = random.pick(['add', 'remove'] as const);
  const after = messages.map((one) => (mode === 'add' ? one.flags | flags : one.flags & ~flags));
  await act({ kind: 'flags', account, from: from.id, messages, after }, async () => {
    await changeFlags(account, from.id, uidsOf(messages), { mode, flags, keywords: [] });
    return {};
  });
}

async function transfer(
  kind: 'copy' | 'move' | 'restore',
  account: string,
  from: Mailbox,
  to: Mailbox,
  messages: Message[],
): Promise<void> {
  await act({ kind, account, from: from.id, to: to.id, messages }, async () => {
    const run = kind === 'copy' ? copyMessages : moveMessages;
    const { uidValidity, pairs } = await run(account, from.id, uidsOf(messages), to.id);
    if (pairs.length !== messages.length) throw new Error('not every message was there');
    return { uidValidity, uids: pairs.map(([, uid]) => uid) };
  });
}

async function expunge(
  kind: 'expunge' | 'erase',
  account: string,
  from: Mailbox,
  messages: Message[],
): Promise<void> {
  const uids = uidsOf(messages);
  const isMarked = kind === 'expunge' && random.below(2) === 0;
  if (isMarked) {
    const after = messages.map(({ flags }) => flags | 8);
    await act({ kind: 'flags', account, from: from.id, messages, after }, async () => {
      await changeFlags(account, from.id, uids, { mode: 'add', flags: 8, keywords: [] });
      return {};
    });
  }
  await act({ kind, account, from: from.id, messages }, async () => {
    const run = isMarked ? expungeMessages : removeMessages;
    const gone = await run(account, from.id, uids);
    if (gone.uids.length !== uids.length) throw new Error('not every message was there');
    return {};
  });
}

/** Works in the mailboxes below its own, and puts into INBOX; nobody else touches its messages. */
async function work(number: number, accounts: string[]): Promise<void> {
  const account = accounts[number % accounts.length]!;
  const root = `w${number}`;
  for (;;) {
    const boxes = (await listMailboxes(account)).filter(
      ({ name }) => name === root || name.startsWith(`${root}/`),
    );
    if (boxes.length === 0) {
      await act({ kind: 'create', account, name: root }, async () => {
        const { id, uidValidity } = await createMailbox(account, root);
        return { mailboxId: id, uidValidity };
      });
      continue;
    }
    const from = random.pick(boxes);
    const inbox = await findInbox(account);
    const to = random.below(4) === 0 ? inbox : random.pick(boxes);
    const all = await readMailboxMessages(account, from.id);
    const some = all.filter(() => random.below(3) === 0);
    const isFull = all.length > maxInbox;
    const dice = random.below(14);
    if (dice < 3 && !isFull) await append(account, random.below(3) === 0 ? inbox : from);
    else if (dice < 5) await deliverToAll(accounts);
    else if (dice < 7 && some.length > 0) await change(account, from, some);
    else if (dice < 8 && some.length > 0) await transfer('copy', account, from, to, some);
    else if (dice < 9 && some.length > 0 && to.id !== from.id) {
      await transfer('move', account, from, to, some);
    } else if ((dice < 11 || isFull) && some.length > 0) {
      await expunge('expunge', account, from, some);
    } else if (dice === 11 && boxes.length < 4) {
      const name = `${root}/${newName(0)}`;
      await act({ kind: 'create', account, name }, async () => {
        const { id, uidValidity } = await createMailbox(account, name);
        return { mailboxId: id, uidValidity };
      });
    } else if (dice === 12 && from.name !== root) {
      const name = `${root}/${newName(0)}`;
      await act({ kind: 'rename', account, from: from.id, name }, async () => {
        await renameMailbox(account, from.name, name);
        return {};
      });
    } else if (dice === 13 && from.name !== root) {
      await act({ kind: 'delete', account, from: from.id, messages: all }, async () => {
        await deleteMailbox(account, from.name);
        return {};
      });
    }
  }
}

/** Has INBOX and the deleted messages to itself: keeps them small, restores, and cleans up without grace. */
async function tidy(accounts: string[]): Promise<void> {
  for (;;) {
    const account = random.pick(accounts);
    const inbox = await findInbox(account);
    const arrived = await readMailboxMessages(account, inbox.id);
    if (arrived.length > maxInbox) {
      await expunge('expunge', account, inbox, arrived.slice(0, arrived.length - maxInbox / 2));
    }
    const twins = (await listMailboxes(account, 'all')).filter(({ name }) => isRecoverable(name));
    if (twins.length > 0) {
      const twin = random.pick(twins);
      const kept = await readMailboxMessages(account, twin.id);
      if (random.below(4) === 0) {
        const some = kept.slice(0, 1 + random.below(8));
        if (some.length > 0) await transfer('restore', account, twin, inbox, some);
      } else if (kept.length > 0) {
        // The oldest; of one that is small mostly all, so that empty ones are purged.
        const some = kept.slice(0, Math.max(kept.length - 10, 1 + random.below(kept.length)));
        await expunge('erase', account, twin, some);
      }
    }
    if (random.below(3) === 0) await removeOrphans(0);
    if (random.below(5) === 0) await purgeDeleted();
  }
}

await openData();
// Far more often than a server, so that kills meet checkpoints.
await startCheckpoints(3);
const accounts = (await db.account.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
tell({ ready: true });
const fail = (error: Error) => tell({ broken: String(error.stack) });
for (let number = 0; number < workers; number++) work(number, accounts).catch(fail);
tidy(accounts).catch(fail);

// What must be in the store after a kill: everything acknowledged, and of the rest the whole or nothing.
// A UID that was seen once means the same message for ever.
import assert from 'node:assert/strict';
import { db } from '#lib/db.ts';
import { isRecoverable } from '#server/store/deleted/recoverable.ts';
import { allFlags } from '#server/store/flag-bits.ts';
import { type Begin, type Done, hashOfBody, type Message } from './plan.ts';

type Box = { account: string; name: string; uidValidity: number; uidNext: number };
type Kept = Message & { account: string; mailboxId: string };
export type Snapshot = {
  boxes: Map<string, Box>;
  messages: Map<string, Kept>;
  queued: Set<string>;
};
export type Act = { begin: Begin; done: Done | null; isRefused: boolean };

const keyOf = (mailboxId: string, uid: number) => `${mailboxId} ${uid}`;

/** Everything that is in the store now. Fails where a message does not have the body that its name says. */
export async function readStore(): Promise<Snapshot> {
  const boxes = new Map<string, Box>();
  for (const row of await db.mailbox.findMany()) {
    const { accountId: account, name } = row;
    const numbers = { uidValidity: Number(row.uidValidity), uidNext: Number(row.uidNext) };
    boxes.set(row.id, { account, name, ...numbers });
  }
  const rows = await db.$queryRaw<
    (Kept & { accountId: string; keywords: string; hash: string; prefix: Uint8Array })[]
  >`SELECT m."accountId", m."mailboxId", m."uid", m."emailId", m."flags", m."keywords", m."prefix",
      r."subject" AS "body", l."hash" FROM "Message" m
    JOIN "Blob" l ON l."id" = m."blobId" JOIN "Rendering" r ON r."blobId" = m."blobId"`;
  const messages = new Map<string, Kept>();
  for (const row of rows) {
    const { accountId: account, mailboxId, emailId, body, keywords } = row;
    const [uid, id] = [Number(row.uid), keywords || body];
    assert.equal(row.hash, hashOfBody(body), `the body of ${id}`);
    assert.ok(Buffer.from(row.prefix).toString('latin1').includes(id), `the trace header of ${id}`);
    const kept = {
      account,
      mailboxId,
      uid,
      emailId,
      id,
      body,
      flags: Number(row.flags) & allFlags,
    };
    messages.set(keyOf(mailboxId, uid), kept);
  }
  assert.equal(messages.size, await db.message.count(), 'every message has its body and rendering');
  const recipients = await db.queueRecipient.findMany({ select: { recipient: true } });
  return { boxes, messages, queued: new Set(recipients.map(({ recipient }) => recipient)) };
}

/** What every UID has ever meant: mailbox and message, by account, UIDVALIDITY and UID. */
export class UidHistory {
  private readonly meant = new Map<string, string>();
  private readonly next = new Map<string, number>();

  see(account: string, uidValidity: number, uid: number, emailId: string): void {
    const key = `${account} ${uidValidity} ${uid}`;
    const known = this.meant.get(key);
    assert.ok(known === undefined || known === emailId, `UID given twice: ${key}`);
    this.meant.set(key, emailId);
  }

  seeStore({ boxes, messages }: Snapshot): void {
    for (const { account, mailboxId, uid, emailId } of messages.values()) {
      this.see(account, boxes.get(mailboxId)!.uidValidity, uid, emailId);
    }
    for (const [id, { account, uidValidity, uidNext }] of boxes) {
      const key = `${account} ${uidValidity}`;
      const owner = this.meant.get(key);
      assert.ok(owner === undefined || owner === id, `UIDVALIDITY given twice: ${key}`);
      this.meant.set(key, id);
      assert.ok(uidNext >= (this.next.get(id) ?? 1), `UIDNEXT of ${id} went back`);
      this.next.set(id, uidNext);
    }
  }
}

/** What is expected somewhere, under a UID that nobody was told. */
type Float = { account: string; where: 'inbox' | 'twin'; what: string; label: string };

/** Messages that an act takes from where they are. */
function takenBy(begin: Begin): Message[] {
  return ['move', 'restore', 'expunge', 'erase', 'delete'].includes(begin.kind) &&
    'messages' in begin
    ? (begin.messages as Message[])
    : [];
}

/** Compares; throws with the first thing that is not as it must be. */
export function judge(before: Snapshot, acts: Act[], after: Snapshot, history: UidHistory): void {
  const acknowledged = acts.filter(({ done }) => done !== null);
  const open = acts.filter(({ done, isRefused }) => done === null && !isRefused);
  const expected = new Map([...before.messages].map(([key, kept]) => [key, { ...kept }]));
  const boxes = new Map([...before.boxes].map(([id, box]) => [id, { ...box }]));
  const floats: Float[] = [];
  const taken = new Set<string>();
  // Additions first: who took a message away may have told so before the one who had put it there.
  for (const { begin, done } of acknowledged) add(begin, done!, expected, boxes, floats, history);
  for (const { begin } of acknowledged) {
    for (const message of takenBy(begin)) {
      if ('from' in begin) expected.delete(keyOf(begin.from, message.uid));
      if ('from' in begin) taken.add(`${begin.from} ${message.uid}`);
    }
    if (begin.kind === 'delete') boxes.delete(begin.from);
  }
  for (const { begin } of acknowledged) {
    const renamed = begin.kind === 'rename' ? boxes.get(begin.from) : undefined;
    if (renamed && begin.kind === 'rename') renamed.name = begin.name;
    if (begin.kind !== 'flags') continue;
    for (const [index, { uid }] of begin.messages.entries()) {
      const kept = expected.get(keyOf(begin.from, uid));
      if (kept) kept.flags = begin.after[index]!;
    }
  }
  history.seeStore(after);
  judgeBoxes(boxes, after, open);
  judgeMessages(expected, floats, after, acknowledged, open);
  for (const { begin } of acknowledged) {
    if (begin.kind !== 'deliver' || begin.remote === '') continue;
    assert.ok(after.queued.has(begin.remote), `lost: queued ${begin.remote}`);
  }
}

function add(
  begin: Begin,
  done: Done,
  expected: Map<string, Kept>,
  boxes: Map<string, Box>,
  floats: Float[],
  history: UidHistory,
): void {
  switch (begin.kind) {
    case 'append': {
      for (const [index, message] of begin.messages.entries()) {
        const [uid, emailId] = [done.uids![index]!, done.emailIds![index]!];
        const { account, to: mailboxId } = begin;
        history.see(account, done.uidValidity!, uid, emailId);
        expected.set(keyOf(mailboxId, uid), { ...message, account, mailboxId, uid, emailId });
      }
      break;
    }
    case 'copy':
    case 'move':
    case 'restore': {
      for (const [index, message] of begin.messages.entries()) {
        const uid = done.uids![index]!;
        const { account, to: mailboxId } = begin;
        history.see(account, done.uidValidity!, uid, message.emailId);
        expected.set(keyOf(mailboxId, uid), { ...message, account, mailboxId, uid });
      }
      break;
    }
    case 'deliver': {
      const what = begin.messages[0]!.id;
      for (const { account } of begin.inboxes) {
        floats.push({ account, where: 'inbox', what, label: `delivery ${what}` });
      }
      break;
    }
    case 'expunge':
    case 'delete': {
      for (const { emailId, id } of begin.messages) {
        const { account } = begin;
        floats.push({ account, where: 'twin', what: emailId, label: `deleted ${id}` });
      }
      break;
    }
    case 'create': {
      const { account, name } = begin;
      boxes.set(done.mailboxId!, { account, name, uidValidity: done.uidValidity!, uidNext: 1 });
      break;
    }
  }
}

function judgeBoxes(expected: Map<string, Box>, { boxes }: Snapshot, open: Act[]): void {
  const opened = open.map(({ begin }) => begin);
  for (const [id, { name, uidValidity }] of expected) {
    if (isRecoverable(name)) continue;
    const found = boxes.get(id);
    const isLeaving = opened.some((begin) => begin.kind === 'delete' && begin.from === id);
    assert.ok(found || isLeaving, `lost: mailbox ${name}`);
    if (!found) continue;
    assert.equal(found.uidValidity, uidValidity, `UIDVALIDITY of ${name}`);
    const mayBe = opened.flatMap((begin) =>
      begin.kind === 'rename' && begin.from === id ? [begin.name] : [],
    );
    assert.ok(found.name === name || mayBe.includes(found.name), `lost: the name ${name}`);
  }
  for (const [id, { account, name }] of boxes) {
    if (expected.has(id) || isRecoverable(name)) continue;
    const isComing = opened.some(
      (begin) => begin.kind === 'create' && begin.account === account && begin.name === name,
    );
    assert.ok(isComing, `undone: mailbox ${name} is there`);
  }
}

function judgeMessages(
  expected: Map<string, Kept>,
  floats: Float[],
  after: Snapshot,
  acknowledged: Act[],
  open: Act[],
): void {
  /** How much of each open act is done. */
  const progress = new Map(open.map((act) => [act, { gone: 0, come: 0 }]));
  const takers = new Map<string, Act>();
  const changers = new Map<string, { act: Act; flags: number }>();
  for (const act of open) {
    const { begin } = act;
    if (!('from' in begin)) continue;
    for (const { uid } of takenBy(begin)) takers.set(keyOf(begin.from, uid), act);
    if (begin.kind !== 'flags') continue;
    for (const [index, { uid }] of begin.messages.entries()) {
      changers.set(keyOf(begin.from, uid), { act, flags: begin.after[index]! });
    }
  }
  for (const [key, { id, emailId, flags }] of expected) {
    const found = after.messages.get(key);
    const taker = takers.get(key);
    if (!found) {
      assert.ok(taker, `lost: message ${id} at ${key}`);
      continue;
    }
    assert.deepEqual([found.id, found.emailId], [id, emailId], `another message at ${key}`);
    const changer = changers.get(key);
    if (changer && found.flags === changer.flags && changer.flags !== flags) continue;
    // Deliveries and what is deleted may have been seen with other flags before.
    assert.equal(found.flags, flags, `lost: flags of ${id} at ${key}`);
  }
  for (const [key, act] of takers) {
    if (!after.messages.has(key)) progress.get(act)!.gone++;
  }
  const waiting = new Map<string, Float[]>();
  for (const float of floats) {
    const key = `${float.account} ${float.where} ${float.what}`;
    waiting.set(key, [...(waiting.get(key) ?? []), float]);
  }
  for (const [key, kept] of after.messages) {
    if (expected.has(key)) continue;
    const name = after.boxes.get(kept.mailboxId)!.name;
    const where = isRecoverable(name) ? 'twin' : 'inbox';
    const what = where === 'twin' ? kept.emailId : kept.id;
    const float = waiting.get(`${kept.account} ${where} ${what}`)?.pop();
    if (float) continue;
    const act = open.find(({ begin }) => mayBring(begin, kept, name));
    assert.ok(act, `undone or from nowhere: ${kept.id} in ${name} as ${kept.uid}`);
    progress.get(act)!.come++;
  }
  // Deliveries and deleted messages that somebody has taken on since.
  const movedOn = new Map<string, number>();
  for (const { begin } of [...acknowledged, ...open]) {
    for (const { emailId, id } of takenBy(begin)) {
      for (const what of [emailId, id]) movedOn.set(what, (movedOn.get(what) ?? 0) + 1);
    }
  }
  for (const list of waiting.values()) {
    for (const { what, label } of list) {
      const rest = movedOn.get(what) ?? 0;
      assert.ok(rest > 0, `lost: ${label}`);
      movedOn.set(what, rest - 1);
    }
  }
  for (const [{ begin }, { gone, come }] of progress) judgeWholeness(begin, gone, come, movedOn);
}

function mayBring(begin: Begin, kept: Kept, name: string): boolean {
  switch (begin.kind) {
    case 'append':
      return begin.to === kept.mailboxId && begin.messages.some(({ id }) => id === kept.id);
    case 'deliver':
      return (
        begin.messages[0]!.id === kept.id && begin.inboxes.some(({ to }) => to === kept.mailboxId)
      );
    case 'copy':
    case 'move':
    case 'restore':
      return (
        begin.to === kept.mailboxId &&
        begin.messages.some(({ emailId }) => emailId === kept.emailId)
      );
    case 'expunge':
    case 'delete':
      return (
        isRecoverable(name) &&
        begin.account === kept.account &&
        begin.messages.some(({ emailId }) => emailId === kept.emailId)
      );
    default:
      return false;
  }
}

/** An act that was not acknowledged happened whole or not at all. */
function judgeWholeness(
  begin: Begin,
  gone: number,
  come: number,
  movedOn: Map<string, number>,
): void {
  if (!('messages' in begin)) return;
  const count = begin.messages.length;
  const label = `halfway: ${begin.kind} of ${count}, ${gone} gone, ${come} there`;
  if (takenBy(begin).length > 0) assert.ok(gone === 0 || gone === count, label);
  if (begin.kind === 'append' || begin.kind === 'copy') {
    // The tidy worker may have taken some out of INBOX by then.
    const onward = begin.messages.filter(({ id }) => movedOn.has(id)).length;
    assert.ok(come === 0 || come + onward >= count, label);
  }
  if (begin.kind === 'move' || begin.kind === 'restore') {
    assert.ok(gone === 0 || come + gone >= count, label);
  }
  if (begin.kind === 'deliver') {
    const onward = movedOn.get(begin.messages[0]!.id) ?? 0;
    assert.ok(come === 0 || come + onward >= begin.inboxes.length, label);
  }
}

// FETCH of lists: answers that are made of columns, for a hundred thousand messages at once. They are written into
// one buffer a portion (fetch-writer.ts); flags come from the roll of the mailbox, the rest from the columns that
// are asked for, or from what was told before (fetch-memory.ts).
import { type Roll, readView } from '#server/store/journal.ts';
import { readBytes } from '#server/store/read.ts';
import { type Column, type ColumnRow, readColumns } from '#server/store/read-columns.ts';
import { nextTurn, startLoop } from '#server/store/turn.ts';
import type { FetchItem, PlainItem } from './fetch-item.ts';
import { nameList, recallTold, rememberTold, type Told } from './fetch-memory.ts';
import { FetchWriter } from './fetch-writer.ts';
import { isHeaderOnly } from './message-source.ts';
import type { Selection } from './selection.ts';

/** From here on flags come from the roll of the mailbox. */
const rollFrom = 500;
/** Messages of the roll that are written at a time. */
const rollPortion = 5000;
/** Messages that are read at a time; fewer where headers are, which may be large. */
const rowPortion = 250;
const headerPortion = 100;
/** Of bodies about so much is read at a time, once it is known how large they are. */
const bodyPortionBytes = 512 * 1024;
const firstBodies = 20;
const mostBodies = 200;
/** Sent once there is so much. */
const replyBytes = 100 * 1024;
/** Lists of so many messages are remembered: what a client shows of a mailbox. */
const rememberedTo = 200;

const columnOf: Partial<Record<PlainItem, Column>> = {
  INTERNALDATE: 'internalDate',
  SAVEDATE: 'savedAt',
  'RFC822.SIZE': 'sizeBytes',
  EMAILID: 'emailId',
  THREADID: 'threadId',
  ENVELOPE: 'envelope',
  BODY: 'body',
  BODYSTRUCTURE: 'bodyStructure',
};
const entryItems: readonly PlainItem[] = ['UID', 'FLAGS', 'MODSEQ'];

/** What is rendered again for a client that takes UTF-8 (RFC 9755 §3). */
const renderedItems: readonly PlainItem[] = ['ENVELOPE', 'BODY', 'BODYSTRUCTURE'];

/** Whether `answerPlain` knows all of the items; sections only where nothing marks the message as seen. */
export function isPlain(items: readonly FetchItem[], isUtf8: boolean, marksSeen: boolean): boolean {
  if (items.filter(isWholeMessage).length > 1) return false;
  return items.every((item) => {
    if (item.kind === 'section') {
      if (marksSeen || item.form !== 'raw' || item.partial) return false;
      return isWholeMessage(item) || (isHeaderOnly(item.section) && /^[ -~]+$/.test(item.label));
    }
    if (isUtf8 && renderedItems.includes(item.name)) return false;
    return entryItems.includes(item.name) || item.name in columnOf;
  });
}

function isWholeMessage(item: FetchItem): boolean {
  return item.kind === 'section' && item.section.kind === 'ALL' && item.section.path.length === 0;
}

function listColumns(items: readonly FetchItem[]): Column[] {
  const columns = items.flatMap((item): Column[] => {
    if (isWholeMessage(item)) return ['sizeBytes', 'prefix', 'smallBody'];
    if (item.kind === 'section') return ['prefix', 'header'];
    const column = columnOf[item.name];
    return column ? [column] : [];
  });
  return [...new Set(columns)];
}

/** The answers for `uids`, which ascend; returns how many there were. */
export async function* answerPlain(
  selection: Selection,
  uids: number[],
  items: readonly FetchItem[],
): AsyncGenerator<Buffer[], number> {
  const columns = listColumns(items);
  const writer = new FetchWriter(selection.view, items);
  if (columns.includes('smallBody')) return yield* answerBodies(writer, selection, uids, columns);
  if (columns.length === 0 && uids.length >= rollFrom) {
    return yield* answerRoll(writer, selection, uids);
  }
  const name =
    columns.length > 0 && uids.length <= rememberedTo ? nameList(selection, items) : null;
  if (name === null) return yield* answerRows(writer, selection, uids, columns);
  return yield* answerAgain(writer, selection, uids, columns, name);
}

async function* answerRoll(
  writer: FetchWriter,
  selection: Selection,
  uids: number[],
): AsyncGenerator<Buffer[], number> {
  const { roll }: { roll: Roll } = await readView(selection.accountId, selection.mailboxId);
  let answered = 0;
  for (let at = 0; at < uids.length; at += rollPortion) {
    const asked = uids.slice(at, at + rollPortion);
    const missing = writer.writeRoll(roll, asked);
    answered += asked.length - missing.length;
    yield writer.take();
    await nextTurn();
    if (missing.length > 0) answered += yield* answerRows(writer, selection, missing, []);
  }
  return answered;
}

async function* answerRows(
  writer: FetchWriter,
  { accountId, mailboxId }: Selection,
  uids: number[],
  columns: readonly Column[],
): AsyncGenerator<Buffer[], number> {
  let answered = 0;
  const loop = startLoop();
  const portion = columns.includes('header') ? headerPortion : rowPortion;
  for (let at = 0; at < uids.length; at += portion) {
    const asked = uids.slice(at, at + portion);
    const rows = await readColumns(accountId, mailboxId, asked, columns);
    for (const row of rows) writer.writeRow(row);
    answered += rows.length;
    if (rows.length > 0) yield writer.take();
    await loop.pause();
  }
  return answered;
}

/** From what was told before under that name; what is new there is added to it. */
async function* answerAgain(
  writer: FetchWriter,
  { accountId, mailboxId }: Selection,
  uids: number[],
  columns: readonly Column[],
  name: string,
): AsyncGenerator<Buffer[], number> {
  const told = recallTold(name);
  const fresh = uids.filter((uid) => !told.has(uid));
  const rows = fresh.length === 0 ? [] : await readColumns(accountId, mailboxId, fresh, columns);
  const known = uids.filter((uid) => told.has(uid));
  const entries = known.length === 0 ? [] : await readColumns(accountId, mailboxId, known, []);
  const added: Told = new Map();
  let next = 0;
  const writeRowsBefore = (uid: number) => {
    for (let row = rows[next]; row && row.uid < uid; row = rows[++next]) {
      added.set(row.uid, writer.writeAndKeep(row));
    }
  };
  for (const entry of entries) {
    writeRowsBefore(entry.uid);
    writer.writeKept(entry, told.get(entry.uid)!);
  }
  writeRowsBefore(Number.POSITIVE_INFINITY);
  if (added.size > 0) rememberTold(name, added);
  yield writer.take();
  return rows.length + entries.length;
}

/** Whole messages: small bodies come with the row, the others each by itself. */
async function* answerBodies(
  writer: FetchWriter,
  { accountId, mailboxId }: Selection,
  uids: number[],
  columns: readonly Column[],
): AsyncGenerator<Buffer[], number> {
  let answered = 0;
  let portion = firstBodies;
  const loop = startLoop();
  for (let at = 0; at < uids.length; ) {
    const asked = uids.slice(at, at + portion);
    at += portion;
    let readSoFar = 0;
    for (const row of await readColumns(accountId, mailboxId, asked, columns)) {
      readSoFar += row.smallBody?.length ?? 0;
      await completeBody(row);
      writer.writeRow(row);
      answered++;
      if (writer.length >= replyBytes) yield writer.take();
      await loop.pause();
    }
    const most = Math.floor((asked.length * bodyPortionBytes) / Math.max(1, readSoFar));
    portion = Math.min(mostBodies, Math.max(1, most));
  }
  yield writer.take();
  return answered;
}

/** Reads a body that is not small, or says what is wrong with it. Refusal 'unavailable'. */
async function completeBody(row: ColumnRow): Promise<void> {
  const { blobId, prefix, smallBody, sizeBytes } = row;
  if (smallBody && prefix.length + smallBody.length === Number(sizeBytes)) return;
  row.smallBody = await readBytes({ blobId, prefix: Buffer.alloc(0) });
}

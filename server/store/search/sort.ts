// SORT (RFC 5256 §3): by arrival, size, sent date, base subject, the local part of the first address, or its
// display name (RFC 5957).
import { db, raw } from '#lib/db.ts';
import { parseAddressList } from '#lib/mail/address.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { sortSteps } from '#lib/mail/steps.ts';
import { renderOutdated } from '../bodies/render-outdated.ts';
import { readView } from '../journal.ts';
import type { Progress } from '../progress.ts';
import { nextTurn, runInTurns, startLoop } from '../turn.ts';
import { chunkUids, rowsPerStatement } from '../uid-condition.ts';
import { casemapKey } from './casemap.ts';
import {
  compareValues,
  knowsColumn,
  listInOrder,
  readColumn,
  type SortColumn,
  type SortValue,
} from './sort-column.ts';

/** Fewer messages are read and sorted as quickly as a column is. */
const columnsFrom = 200;
/** A column is made for whoever asks about this part of a mailbox or more. */
const mostOf = 4;
/** The first address stands in front of a list of thousands. */
const maxAddressText = 1000;

export type SortKey = {
  key: 'arrival' | 'cc' | 'date' | 'displayfrom' | 'displayto' | 'from' | 'size' | 'subject' | 'to';
  isReverse: boolean;
};

type SortRow = {
  uid: bigint | number;
  blobId: number;
  /** Of the rendering; null where there is none. */
  version?: bigint | number | null;
  internalDate: Date;
  sizeBytes?: bigint | number;
  sentAt?: Date | null;
  baseSubject?: string | null;
  fromText?: string | null;
  toText?: string | null;
  ccText?: string | null;
};

const columns: Record<SortKey['key'], string | null> = {
  arrival: null,
  cc: '"Rendering"."ccText"',
  date: '"Rendering"."sentAt"',
  displayfrom: '"Rendering"."fromText"',
  displayto: '"Rendering"."toText"',
  from: '"Rendering"."fromText"',
  size: '"Message"."sizeBytes"',
  subject: '"Rendering"."baseSubject"',
  to: '"Rendering"."toText"',
};

const read: Record<SortKey['key'], (row: SortRow) => string | number> = {
  arrival: (row) => row.internalDate.getTime(),
  cc: (row) => firstLocalPart(row.ccText),
  // RFC 5256 §2.2: an unreadable Date field counts as the internal date.
  date: (row) => (row.sentAt ?? row.internalDate).getTime(),
  displayfrom: (row) => displayName(row.fromText),
  displayto: (row) => displayName(row.toText),
  from: (row) => firstLocalPart(row.fromText),
  size: (row) => Number(row.sizeBytes),
  subject: (row) => casemapKey(row.baseSubject ?? ''),
  to: (row) => firstLocalPart(row.toText),
};

/** Whose values are numbers. */
const numeric: readonly SortKey['key'][] = ['arrival', 'date', 'size'];

/**
 * Those of the UIDs that exist, in the order of the keys; equal ones by UID (RFC 5256 §3). Once `signal` is
 * aborted it soon throws the signal's reason.
 */
export async function sortMessages(
  accountId: string,
  mailboxId: string,
  uids: number[],
  keys: SortKey[],
  signal?: AbortSignal,
  progress?: Progress,
): Promise<number[]> {
  const byColumn = await sortByColumns(accountId, mailboxId, uids, keys, signal, progress);
  if (byColumn) return byColumn;
  const names = keys.map(({ key }) => key);
  const rows: Row[] = [];
  await readRows(
    accountId,
    mailboxId,
    uids,
    names,
    (uid, values) => rows.push({ uid, values }),
    signal,
    progress,
  );
  const steps = sortSteps(rows, (a, b) => compareRows(a, b, keys));
  return (await runInTurns(steps, signal)).map((row) => row.uid);
}

type Row = { uid: number; values: SortValue[] };

function compareRows(a: Row, b: Row, keys: SortKey[]): number {
  for (let index = 0; index < keys.length; index++) {
    const order = compareValues(a.values[index]!, b.values[index]!);
    if (order !== 0) return keys[index]!.isReverse ? -order : order;
  }
  return a.uid - b.uid;
}

/** Null where the mailbox is not worth columns in memory, or so few of its messages are asked about. */
async function sortByColumns(
  accountId: string,
  mailboxId: string,
  uids: number[],
  keys: SortKey[],
  signal?: AbortSignal,
  progress?: Progress,
): Promise<number[] | null> {
  if (keys.length === 0 || uids.length < columnsFrom) return null;
  const { mailbox, roll } = await readView(accountId, mailboxId);
  const { uidValidity } = mailbox;
  const nameOf = (key: SortKey['key']) => `${accountId} ${mailboxId} ${key}`;
  const isKnown = keys.every(({ key }) => knowsColumn(nameOf(key), uidValidity, roll.uids));
  if (!isKnown && uids.length * mostOf < roll.size) return null;
  const known: SortColumn[] = [];
  for (const { key } of keys) {
    const absent = numeric.includes(key) ? 0 : '';
    const readValues = async (missing: number[]) => {
      const values = new Map<number, SortValue>();
      const take = (uid: number, [value]: SortValue[]) => values.set(uid, value!);
      await readRows(accountId, mailboxId, missing, [key], take, signal, progress);
      return values;
    };
    const wanted = { uidValidity, uids: roll.uids, absent };
    known.push(await readColumn(nameOf(key), wanted, readValues, signal));
  }
  if (keys.length === 1) return listInOrder(known[0]!, uids, keys[0]!.isReverse);
  const rows: Row[] = [];
  const loop = startLoop();
  for (const [step, uid] of uids.entries()) {
    const index = roll.indexOf(uid);
    if (index >= 0) rows.push({ uid, values: known.map(({ values }) => values[index]!) });
    if (step % rowsPerStatement === 0) await loop.pause();
  }
  const steps = sortSteps(rows, (a, b) => compareRows(a, b, keys));
  return (await runInTurns(steps, signal)).map((row) => row.uid);
}

/** Hands the values of the keys to `take`, message by message. */
async function readRows(
  accountId: string,
  mailboxId: string,
  uids: number[],
  keys: SortKey['key'][],
  take: (uid: number, values: SortValue[]) => void,
  signal?: AbortSignal,
  progress?: Progress,
): Promise<void> {
  // Columns that are read one behind the other.
  if (progress) progress.goal += uids.length;
  const wanted = new Set(keys.map((key) => columns[key]).filter((column) => column !== null));
  const usesRendering = [...wanted].some((column) => column.startsWith('"Rendering"'));
  const own = ['"uid"', '"internalDate"', '"Message"."blobId"'];
  if (usesRendering) own.push('"Rendering"."version"');
  const list = raw([...own, ...wanted].join(', '));
  const from = raw(
    usesRendering
      ? '"Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"'
      : '"Message"',
  );
  for (let at = 0; at < uids.length; at += rowsPerStatement) {
    signal?.throwIfAborted();
    const [chunk] = chunkUids(uids.slice(at, at + rowsPerStatement));
    if (!chunk) continue;
    const select = () => db.$queryRaw<SortRow[]>`SELECT ${list} FROM ${from}
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    let found = await select();
    const outdated = usesRendering
      ? found.filter(({ version }) => Number(version) !== FACTS_VERSION)
      : [];
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      found = await select();
    }
    for (const row of found) {
      const values = keys.map((key) => read[key](row));
      take(Number(row.uid), values);
    }
    if (progress) progress.done += chunk.uids.length;
    await nextTurn();
  }
}

/** RFC 5256 §3: the addr-mailbox of the first address; the empty string where there is none. */
function firstLocalPart(text: string | null | undefined): string {
  if (!text) return '';
  return casemapKey(parseAddressList(text.slice(0, maxAddressText))[0]?.local ?? '');
}

/** RFC 5957 §3: the display name of the first address, else the address; '' where there is none. */
function displayName(text: string | null | undefined): string {
  if (!text) return '';
  const [first] = parseAddressList(text.slice(0, maxAddressText));
  if (!first) return '';
  const name = first.name.trim();
  if (name !== '') return casemapKey(name);
  return casemapKey(first.domain === '' ? first.local : `${first.local}@${first.domain}`);
}

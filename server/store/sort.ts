// SORT (RFC 5256 §3): by arrival, size, sent date, base subject, the local part of the first address, or its
// display name (RFC 5957).
import { db, raw } from '#lib/db.ts';
import { parseAddressList } from '#lib/mail/address.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { sortSteps } from '#lib/mail/steps.ts';
import { casemapKey } from './casemap.ts';
import { renderOutdated } from './render-outdated.ts';
import { nextTurn, runInTurns } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

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
  version: bigint | number | null;
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
): Promise<number[]> {
  const wanted = new Set(keys.map(({ key }) => columns[key]).filter((column) => column !== null));
  const usesRendering = [...wanted].some((column) => column.startsWith('"Rendering"'));
  const own = ['"uid"', '"internalDate"', '"Message"."blobId"', '"Rendering"."version"'];
  const list = raw([...own, ...wanted].join(', '));
  const rows: { uid: number; values: (string | number)[] }[] = [];
  for (const chunk of chunkUids(uids)) {
    signal?.throwIfAborted();
    const select = () => db.$queryRaw<SortRow[]>`SELECT ${list} FROM "Message"
      LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}`;
    let found = await select();
    const outdated = found.filter(({ version }) => Number(version) !== FACTS_VERSION);
    if (usesRendering && outdated.length > 0) {
      await renderOutdated(new Set(outdated.map(({ blobId }) => blobId)));
      found = await select();
    }
    for (const row of found) {
      rows.push({ uid: Number(row.uid), values: keys.map(({ key }) => read[key](row)) });
    }
    await nextTurn();
  }
  const steps = sortSteps(rows, (a, b) => {
    for (const [index, { isReverse }] of keys.entries()) {
      const order = compare(a.values[index]!, b.values[index]!);
      if (order !== 0) return isReverse ? -order : order;
    }
    return a.uid - b.uid;
  });
  return (await runInTurns(steps, signal)).map((row) => row.uid);
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
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

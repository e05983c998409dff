// Where the copies of an arriving message go for each of its mailboxes here: the rules of its owner, muted threads, and
// else the inbox. Everything is found, and folders are made, before the transaction that stores the copies.
//
// Invariant: whatever goes wrong here (a rule that cannot be read, a folder that cannot be made), the message has a place:
// the one it would have without rules.
import { db, join } from '#lib/db.ts';
import { allowForwards } from '#lib/filters/forwarding.ts';
import { readAuthors, readFilterMessage } from '#lib/filters/message.ts';
import { type Rule, readRule } from '#lib/filters/rule.ts';
import { type Outcome, runRules } from '#lib/filters/run.ts';
import { logOf } from '#lib/log.ts';
import { canonicalAddress } from '#lib/mail/address.ts';
import type { MessageFacts } from '#lib/mail/facts.ts';
import { findFields, parseHeaderFields, unfold } from '#lib/mail/header.ts';
import { findArrivals } from '#server/delivery/arrival.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { findInKeywordThreads } from '#server/store/threads.ts';
import { findOrMakeFolder, findOrMakeUse, type Use } from './places.ts';

export type Place = { mailboxId: string; flags: number; keywords: string[] };

export type Filing = {
  /** At least one: the first is where the message is, the others are copies. */
  places: Place[];
  /** Addresses that its owner lets it be forwarded to. */
  forwards: string[];
  /** The places are only for when no forward may leave. */
  isForwardOnly: boolean;
  /** For the trail, in words; empty where nothing but the default happened. */
  note: string;
};

export type Arriving = {
  facts: MessageFacts;
  sizeBytes: number;
  /** Trace header in front of the message: fields of our checks stand there. */
  prefix: Buffer;
  isJunk: boolean;
  /** Where it goes without a rule, instead of the inbox (mail that is collected). */
  folder?: string;
  flags?: number;
};
type Receiver = { accountId: string; address: string };

/** Whose threads go past the inbox. */
export const mutedKeyword = '$Muted';
const log = logOf('filters');
/** Hops that a message may have behind it and still be forwarded by a rule. */
const maxHops = 40;

/** The filing of a message for each account. Refusal where an account cannot have mailboxes. */
export async function fileArrivals(
  message: Arriving,
  receivers: readonly Receiver[],
): Promise<Map<string, Filing>> {
  const ids = receivers.map(({ accountId }) => accountId);
  const defaults = await findArrivals(ids, message.isJunk);
  const filings = new Map<string, Filing>();
  for (const { accountId } of receivers) {
    const place = { mailboxId: defaults.get(accountId) as string, ...plain(message) };
    const filing = { places: [place], forwards: [], isForwardOnly: false, note: '' };
    filings.set(accountId, filing);
  }
  if (message.folder && !message.isJunk) await fileIntoFolder(message.folder, filings);
  await fileMuted(message, filings);
  const rules = await readRules(ids);
  if (rules.size === 0) return filings;
  for (const receiver of receivers) {
    const own = rules.get(receiver.accountId);
    const filing = filings.get(receiver.accountId);
    if (!own || !filing) continue;
    filings.set(receiver.accountId, await fileByRules(message, receiver, own, filing));
  }
  return filings;
}

/** The same without rules. */
export async function filePlainly(
  message: Arriving,
  receivers: readonly Receiver[],
): Promise<Map<string, Filing>> {
  const ids = receivers.map(({ accountId }) => accountId);
  const defaults = await findArrivals(ids, message.isJunk);
  return new Map(
    ids.map((accountId) => {
      const place = { mailboxId: defaults.get(accountId) as string, ...plain(message) };
      return [accountId, { places: [place], forwards: [], isForwardOnly: false, note: '' }];
    }),
  );
}

const plain = ({ flags = 0 }: Arriving) => ({ flags, keywords: [] as string[] });

async function fileIntoFolder(folder: string, filings: Map<string, Filing>): Promise<void> {
  for (const [accountId, filing] of filings) {
    const mailboxId = await attempt(() => findOrMakeFolder(accountId, folder));
    if (mailboxId) filing.places[0] = { ...filing.places[0]!, mailboxId };
  }
}

async function fileMuted({ facts, isJunk }: Arriving, filings: Map<string, Filing>): Promise<void> {
  if (isJunk || facts.references.length === 0) return;
  const muted = await findInKeywordThreads([...filings.keys()], facts.references, mutedKeyword);
  for (const accountId of muted) {
    const filing = filings.get(accountId);
    const mailboxId = await attempt(() => findOrMakeUse(accountId, 'archive'));
    if (!filing || !mailboxId) continue;
    filing.places[0] = { ...filing.places[0]!, mailboxId, keywords: [mutedKeyword] };
    filing.note = 'archived: its conversation is muted';
  }
}

/** The rules in force, by account: mostly nobody has any, which costs one look. */
async function readRules(accountIds: string[]): Promise<Map<string, Rule[]>> {
  if (accountIds.length === 0) return new Map();
  const rows = await db.$queryRaw<(Parameters<typeof readRule>[0] & { accountId: string })[]>`
    SELECT "accountId", "id", "name", "match", "conditions", "actions", "isLast", "isDisabled"
    FROM "FilterRule" WHERE "accountId" IN (${join(accountIds)}) AND "isDisabled" = ${false}
    ORDER BY "accountId", "position", "id"`;
  const rules = new Map<string, Rule[]>();
  for (const row of rows) {
    const rule = readRule(row);
    if (!rule) {
      log.warn({ accountId: row.accountId, rule: row.id }, 'a filter rule cannot be read');
      continue;
    }
    rules.set(row.accountId, [...(rules.get(row.accountId) ?? []), rule]);
  }
  return rules;
}

async function fileByRules(
  message: Arriving,
  receiver: Receiver,
  rules: Rule[],
  filing: Filing,
): Promise<Filing> {
  try {
    const outcome = runRules(rules, await describe(message, receiver.accountId, rules));
    return outcome.rules.length === 0 ? filing : await apply(message, receiver, outcome, filing);
  } catch (error) {
    log.error({ err: error, accountId: receiver.accountId }, 'the filter rules failed');
    return { ...filing, note: 'the filter rules failed' };
  }
}

async function describe({ facts, prefix, ...message }: Arriving, accountId: string, rules: Rule[]) {
  const asksForContact = rules.some(({ conditions }) =>
    conditions.some(({ field }) => field === 'contact'),
  );
  return readFilterMessage({
    header: Buffer.concat([prefix, facts.header]),
    bodyText: facts.bodyText,
    sizeBytes: message.sizeBytes,
    hasAttachments: facts.hasAttachments,
    isContact: asksForContact && (await isContact(accountId, facts.header)),
    isSpam: message.isJunk,
  });
}

/** Whether the author stands in the address book. */
export async function isContact(accountId: string, header: Buffer): Promise<boolean> {
  const authors = readAuthors(header).slice(0, 20);
  if (authors.length === 0) return false;
  const rows = await db.$queryRaw<{ found: number }[]>`SELECT 1 AS "found" FROM "ContactAddress"
    WHERE "accountId" = ${accountId} AND LOWER("address") IN (${join(authors)}) LIMIT 1`;
  return rows.length > 0;
}

async function apply(
  message: Arriving,
  { accountId, address }: Receiver,
  outcome: Outcome,
  filing: Filing,
): Promise<Filing> {
  const notes: string[] = [];
  const flags =
    (message.flags ?? 0) |
    (outcome.isRead ? FLAG.seen : 0) |
    (outcome.isFlagged ? FLAG.flagged : 0);
  const former = filing.places[0] as Place;
  const keywords = [...new Set([...former.keywords, ...outcome.keywords])];
  const found = await findPlace(message, accountId, outcome);
  const mailboxId = found ?? former.mailboxId;
  if (outcome.place && !found) notes.push('its folder cannot be made');
  const places: Place[] = [{ mailboxId, flags, keywords }];
  for (const folder of outcome.copies) {
    const copyId = await attempt(() => findOrMakeFolder(accountId, folder));
    if (!copyId) notes.push(`the folder ${folder} cannot be made`);
    else if (places.every((place) => place.mailboxId !== copyId)) {
      places.push({ mailboxId: copyId, flags, keywords });
    }
  }
  const forwards = await chooseForwards(message, address, outcome.forwards);
  if (forwards.length < outcome.forwards.length) notes.push('not forwarded');
  const names = outcome.rules.map((name) => `“${name}”`).join(', ');
  const note = `by the rule${outcome.rules.length > 1 ? 's' : ''} ${names}`;
  const isForwardOnly = outcome.isForwardOnly && forwards.length === outcome.forwards.length;
  return { places, forwards, isForwardOnly, note: [note, ...notes].join('; ') };
}

async function findPlace(
  message: Arriving,
  accountId: string,
  { place, isWanted }: Outcome,
): Promise<string | null> {
  if (place && 'folder' in place) return attempt(() => findOrMakeFolder(accountId, place.folder));
  if (place) return attempt(() => findOrMakeUse(accountId, place.use as Use));
  if (isWanted && message.isJunk) {
    return attempt(() => findOrMakeFolder(accountId, message.folder ?? 'INBOX'));
  }
  return null;
}

/** Not where it has been already, and not for ever: two accounts may forward to one another. */
async function chooseForwards(
  { facts, prefix }: Arriving,
  address: string,
  wanted: string[],
): Promise<string[]> {
  if (wanted.length === 0 || facts.receivedCount > maxHops) return [];
  const header = Buffer.concat([prefix, facts.header]);
  const visited = new Set(
    findFields(parseHeaderFields(header, new Set(['delivered-to'])), 'delivered-to').map(
      ({ rawValue }) => canonicalAddress(unfold(rawValue.slice(0, 1000))),
    ),
  );
  if (visited.has(address)) return [];
  return (await allowForwards(wanted)).filter((one) => !visited.has(one) && one !== address);
}

async function attempt(find: () => Promise<string>): Promise<string | null> {
  try {
    return await find();
  } catch (error) {
    log.warn({ err: error }, 'a folder for a rule cannot be had');
    return null;
  }
}

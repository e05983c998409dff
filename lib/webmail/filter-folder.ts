// Rules on mail that is there: which messages of a folder fit, and "apply to this folder now". The same pure rules as at
// delivery; the messages are read and changed over IMAP in portions, so that a large folder holds nobody up and the page
// can stop between two. Forwards are left out: nobody wants years of mail forwarded at once.
import type { ImapFlow } from 'imapflow';
import { db } from '../db.ts';
import { Refusal } from '../errors.ts';
import { foldText, readAuthors, readFilterMessage } from '../filters/message.ts';
import type { Condition, NewRule, Rule } from '../filters/rule.ts';
import { fitsRule, type Outcome, runRules } from '../filters/run.ts';
import { type MailAccount, withConnection, withMailbox } from './imap/pool.ts';
import { atom, sequence, string } from './imap/raw-command.ts';
import { formatUidSet } from './imap/uid-set.ts';
import { searchUids } from './list/find-uids.ts';
import { ensureRole, listFolders } from './list/mailboxes.ts';
import { readStructure } from './reader/structure.ts';

/** Messages of one portion: whole headers are read. */
const portionSize = 200;
const maxHeaderBytes = 64 * 1024;
const maxShown = 20;

export type Fitting = { uid: number; from: string; subject: string; date: string | null };
export type Tried = { looked: number; count: number; fitting: Fitting[] };
export type Applied = {
  /** How many fitted a rule. */
  count: number;
  /** Of the next portion, or null where the folder is done. */
  below: number | null;
};

/** Which of the newest 200 messages of a folder fit a rule, the newest first, at most 20 of them shown. */
export async function tryRule(
  account: MailAccount,
  folder: string,
  rule: Pick<NewRule, 'conditions' | 'match'>,
): Promise<Tried> {
  const { messages } = await readPortion(account, folder, null, rule.conditions);
  const fitting = messages.filter(({ filtered }) => fitsRule(rule, filtered));
  return {
    looked: messages.length,
    count: fitting.length,
    fitting: fitting.slice(0, maxShown).map(({ uid, from, subject, date }) => ({
      ...{ uid, from, subject, date },
    })),
  };
}

/** Does what rules say to the next portion of a folder: messages whose UID is below `below`, the newest first. */
export async function applyRules(
  account: MailAccount,
  folder: string,
  rules: readonly Rule[],
  below: number | null,
): Promise<Applied> {
  const conditions = rules.flatMap((rule) => rule.conditions);
  const portion = await readPortion(account, folder, below, conditions);
  const groups = new Map<string, { outcome: Outcome; uids: number[] }>();
  let count = 0;
  for (const { uid, filtered } of portion.messages) {
    const outcome = runRules(rules, filtered);
    if (outcome.rules.length === 0) continue;
    count++;
    const key = JSON.stringify({ ...outcome, rules: [], forwards: [] });
    const group = groups.get(key) ?? { outcome, uids: [] };
    group.uids.push(uid);
    groups.set(key, group);
  }
  for (const { outcome, uids } of groups.values()) await carryOut(account, folder, outcome, uids);
  return { count, below: portion.below };
}

type Read = Fitting & { filtered: ReturnType<typeof readFilterMessage> };

async function readPortion(
  account: MailAccount,
  folder: string,
  below: number | null,
  conditions: readonly Condition[],
): Promise<{ messages: Read[]; below: number | null }> {
  const isSpam = (await listFolders(account)).find(({ path }) => path === folder)?.role === 'junk';
  return withMailbox(account, folder, async (client) => {
    const range = below === null ? '1:*' : `1:${Math.max(1, below - 1)}`;
    if (below === 1) return { messages: [], below: null };
    const uids = (await searchUids(client, [atom('UID'), sequence(range)])).reverse();
    const portion = uids.slice(0, portionSize);
    if (portion.length === 0) return { messages: [], below: null };
    const bodies = await searchBodies(client, conditions, portion);
    const found = await client.fetchAll(
      formatUidSet(portion),
      { uid: true, size: true, headers: true, envelope: true, bodyStructure: true },
      { uid: true },
    );
    const headers = new Map(
      found.map(({ uid, headers }) => [
        uid,
        (headers ?? Buffer.alloc(0)).subarray(0, maxHeaderBytes),
      ]),
    );
    const isContact = await findContacts(account.id, headers, conditions);
    const messages = found.map((message): Read => {
      const { uid, envelope } = message;
      const sender = envelope?.from?.[0];
      return {
        uid,
        from: sender?.name || sender?.address || '',
        subject: envelope?.subject ?? '',
        date: toIso(envelope?.date),
        filtered: readFilterMessage({
          header: headers.get(uid) ?? Buffer.alloc(0),
          bodyText: bodies.get(uid) ?? '',
          sizeBytes: message.size ?? 0,
          hasAttachments: readStructure(message.bodyStructure).hasAttachments,
          isContact: isContact.has(uid),
          isSpam,
        }),
      };
    });
    messages.sort((one, other) => other.uid - one.uid);
    const last = portion.at(-1) as number;
    return { messages, below: uids.length > portion.length ? last : null };
  });
}

/** What of the wanted texts each message contains, found by the server instead of reading all of them. */
async function searchBodies(
  client: ImapFlow,
  conditions: readonly Condition[],
  uids: number[],
): Promise<Map<number, string>> {
  const wanted = new Set(
    conditions.flatMap((each) => (each.field === 'body' && 'value' in each ? [each.value] : [])),
  );
  const texts = new Map<number, string>();
  for (const value of wanted) {
    const charset = /^[ -~]*$/.test(value) ? [] : [atom('CHARSET'), atom('UTF-8')];
    const range = [atom('UID'), sequence(formatUidSet(uids))];
    for (const uid of await searchUids(client, [
      ...charset,
      ...range,
      atom('BODY'),
      string(value),
    ])) {
      texts.set(uid, `${texts.get(uid) ?? ''}\n${foldText(value)}`);
    }
  }
  return texts;
}

async function findContacts(
  accountId: string,
  headers: Map<number, Buffer>,
  conditions: readonly Condition[],
): Promise<Set<number>> {
  if (!conditions.some(({ field }) => field === 'contact')) return new Set();
  const authors = new Map([...headers].map(([uid, header]) => [uid, readAuthors(header)]));
  const addresses = [...new Set([...authors.values()].flat())];
  const rows = await db.contactAddress.findMany({
    where: { accountId, address: { in: addresses } },
    select: { address: true },
  });
  const known = new Set(rows.map(({ address }) => address.toLowerCase()));
  return new Set(
    [...authors].filter(([, own]) => own.some((one) => known.has(one))).map(([uid]) => uid),
  );
}

async function carryOut(
  account: MailAccount,
  folder: string,
  outcome: Outcome,
  uids: number[],
): Promise<void> {
  const set = formatUidSet(uids);
  const { place, copies, isRead, isFlagged, isWanted, keywords } = outcome;
  const flags = [...(isRead ? ['\\Seen'] : []), ...(isFlagged ? ['\\Flagged'] : []), ...keywords];
  const target = await findTarget(account, folder, place, isWanted);
  for (const path of [...copies, ...(target === null ? [] : [target])]) {
    await ensureFolder(account, path);
  }
  await withMailbox(account, folder, async (client) => {
    if (flags.length > 0) await client.messageFlagsAdd(set, flags, { uid: true, silent: true });
    for (const path of copies) {
      if (path !== folder) await client.messageCopy(set, path, { uid: true });
    }
    if (
      target !== null &&
      target !== folder &&
      !(await client.messageMove(set, target, { uid: true }))
    ) {
      throw new Refusal('unavailable', 'The messages could not be moved.');
    }
  });
}

async function findTarget(
  account: MailAccount,
  folder: string,
  place: Outcome['place'],
  isWanted: boolean,
): Promise<string | null> {
  if (place && 'folder' in place) return place.folder;
  if (place) return ensureRole(account, place.use);
  const isInJunk =
    (await listFolders(account)).find(({ path }) => path === folder)?.role === 'junk';
  return isWanted && isInJunk ? 'INBOX' : null;
}

async function ensureFolder(account: MailAccount, path: string): Promise<void> {
  if ((await listFolders(account)).some((each) => each.path === path)) return;
  await withConnection(account, async (client) => {
    await client.mailboxCreate(path);
    await client.mailboxSubscribe(path);
  });
}

function toIso(date: string | Date | undefined): string | null {
  const at = new Date(date ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

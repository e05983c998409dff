// "Junk" and "Not junk": what a person says about mail, told to whoever learns from it. Keywords that other programs know
// stand on the message; an rspamd is taught where the administrator has one that learns; else the sender goes on a list of
// the person's own, which is a rule among the filters.
//
// Invariant: a report is a hint. Whatever goes wrong with it, the message goes where its owner moves it.
import { listOwnAddresses } from '../accounts/route.ts';
import { askDaemon } from '../control.ts';
import { db } from '../db.ts';
import { junkKeyword, wantedKeyword } from '../filters/run.ts';
import { listSenders } from '../filters/senders.ts';
import { logOf } from '../log.ts';
import { canonicalAddress } from '../mail/address.ts';
import { type MailAccount, withMailbox } from './imap/pool.ts';
import { formatUidSet } from './imap/uid-set.ts';
import { listFolders } from './list/mailboxes.ts';

/** Senders that one report lists: who marks a thousand messages means the messages. */
const maxSenders = 20;
const log = logOf('webmail');

/**
 * Tells what a move says: into Junk that it is spam, out of Junk into the inbox that it is none. Call before the move;
 * never throws.
 */
export async function reportMove(
  account: MailAccount,
  folder: string,
  uids: number[],
  to: { role: string } | { path: string },
): Promise<void> {
  try {
    const folders = await listFolders(account);
    const roleOf = (path: string) => folders.find((each) => each.path === path)?.role;
    const from = roleOf(folder);
    const target = 'role' in to ? to.role : roleOf(to.path);
    const isSpam = target === 'junk' && from !== 'junk';
    const isWanted = from === 'junk' && target === 'inbox';
    if (isSpam || isWanted) await report(account, folder, uids, isSpam);
  } catch (error) {
    log.warn({ err: error }, 'a report about spam is lost');
  }
}

async function report(
  account: MailAccount,
  folder: string,
  uids: number[],
  isSpam: boolean,
): Promise<void> {
  const set = formatUidSet(uids);
  const senders = await withMailbox(account, folder, async (client) => {
    const [add, remove] = isSpam ? [junkKeyword, wantedKeyword] : [wantedKeyword, junkKeyword];
    await client.messageFlagsAdd(set, [add], { uid: true, silent: true });
    await client.messageFlagsRemove(set, [remove], { uid: true, silent: true });
    const few = formatUidSet(uids.slice(0, maxSenders));
    const found = await client.fetchAll(few, { uid: true, envelope: true }, { uid: true });
    return found.flatMap(({ envelope }) => envelope?.from?.[0]?.address ?? []);
  });
  const lesson = { accountId: account.id, folder, uids, isSpam };
  const { isLearning } = await askDaemon<{ isLearning: boolean }>('learn', lesson);
  if (isLearning) return;
  const strangers = isSpam ? await leaveOutKnown(account.id, senders) : senders;
  await listSenders(account.id, isSpam ? 'junk' : 'wanted', strangers);
}

/** Nobody of the address book, and not oneself, whose name spam likes to wear. */
async function leaveOutKnown(accountId: string, senders: string[]): Promise<string[]> {
  const own = new Set(await listOwnAddresses(accountId));
  const addresses = senders.flatMap((text) => canonicalAddress(text) ?? []);
  const known = await db.contactAddress.findMany({
    where: { accountId, address: { in: [...addresses, ...senders] } },
    select: { address: true },
  });
  const friends = new Set(known.map(({ address }) => canonicalAddress(address)));
  return addresses.filter((address) => !own.has(address) && !friends.has(address));
}

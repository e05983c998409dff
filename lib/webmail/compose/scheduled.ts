// Mail the server still holds: listed with its names, taken back into Drafts, sent at another time. The copy in Sent is
// what comes back; it is moved, so that the words are at every moment in one folder at least.
import { Refusal } from '../../errors.ts';
import {
  cancelScheduled,
  listScheduled,
  rescheduleSending,
  type Scheduled,
} from '../../queue/scheduled.ts';
import { type MailAccount, withConnection, withMailbox } from '../imap/pool.ts';
import { ensureRole } from '../list/mailboxes.ts';
import { cleanLine } from '../list/message-list.ts';
import { listSentFolders } from './sent-folder.ts';

export type Waiting = {
  id: string;
  /** ISO */
  releaseAt: string;
  subject: string;
  recipients: string[];
  sizeBytes: number;
  /** An administrator has to let it go */
  isHeld: boolean;
};
export type TakenBack = { folder: string; uid: number };

/** What waits, next first. */
export async function listWaiting(accountId: string): Promise<Waiting[]> {
  return (await listScheduled(accountId)).map(toWaiting);
}

/** Another time. Refusal 'not-found', 'conflict' where it is just being sent, 'invalid' for the time. */
export async function moveSending(accountId: string, id: string, at: Date): Promise<Waiting> {
  return toWaiting(await rescheduleSending(accountId, id, at));
}

/**
 * Takes a message back: nobody gets it, and it is a draft again. Refusal 'not-found', 'conflict' where it is just
 * being sent. Null where its copy is gone.
 */
export async function takeBack(account: MailAccount, id: string): Promise<TakenBack | null> {
  const { headerId } = await cancelScheduled(account.id, id);
  if (headerId === '') return null;
  const drafts = await ensureRole(account, 'drafts');
  for (const folder of await listSentFolders(account)) {
    const uid = await moveCopy(account, folder, headerId, drafts);
    if (uid !== null) return { folder: drafts, uid };
  }
  return null;
}

async function moveCopy(
  account: MailAccount,
  folder: string,
  headerId: string,
  drafts: string,
): Promise<number | null> {
  const found = await withMailbox(account, folder, async (client) => {
    const uids = await client.search({ header: { 'message-id': `<${headerId}>` } }, { uid: true });
    const uid = uids ? uids.at(-1) : undefined;
    const message = uid
      ? await client.fetchOne(`${uid}`, { uid: true, source: true }, { uid: true })
      : false;
    const source = message ? message.source : undefined;
    return message && source ? { uid: message.uid, source } : null;
  });
  if (!found) return null;
  const stored = await withConnection(account, (client) =>
    client.append(drafts, found.source, ['\\Draft', '\\Seen']),
  );
  const uid = stored ? stored.uid : undefined;
  if (!uid) throw new Refusal('unavailable', 'The draft could not be saved.');
  await withMailbox(account, folder, (client) =>
    client.messageDelete(`${found.uid}`, { uid: true }),
  );
  return uid;
}

function toWaiting(scheduled: Scheduled): Waiting {
  return {
    id: scheduled.messageId,
    releaseAt: scheduled.releaseAt.toISOString(),
    subject: cleanLine(scheduled.subject),
    recipients: scheduled.recipients,
    sizeBytes: scheduled.sizeBytes,
    isHeld: scheduled.isHeld,
  };
}

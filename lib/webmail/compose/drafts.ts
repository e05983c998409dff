// Drafts live in the Drafts folder like any program's. A new version is stored before the old one goes, so no
// failure in between loses text; the composer gets the UID of the newest.

import { Refusal } from '../../errors.ts';
import { parseHeaderFields, readFieldText } from '../../mail/header.ts';
import { type MailAccount, withConnection, withMailbox } from '../imap/pool.ts';
import { ensureRole, findRole, listFolders } from '../list/mailboxes.ts';
import { readMessage, readQuotableText } from '../reader/message.ts';
import { openPart } from '../reader/part.ts';
import { composeMessage, type Outgoing, parseOrigin } from './compose.ts';
import type { ComposeForm } from './prefill.ts';
import { storeUpload, type Upload } from './uploads.ts';

const none = Buffer.alloc(0);

export type SavedDraft = { uid: number | null };
export type OpenedDraft = ComposeForm & { uid: number; attachments: Upload[] };

/** Stores a version of a draft and removes `previousUid`, the one before. */
export async function saveDraft(
  account: MailAccount,
  outgoing: Outgoing,
  previousUid: number | null,
): Promise<SavedDraft> {
  const folder = await ensureRole(account, 'drafts');
  const { bytes } = await composeMessage(account.id, outgoing, { isDraft: true });
  const stored = await withConnection(account, (client) =>
    client.append(folder, bytes, ['\\Draft', '\\Seen']),
  );
  if (!stored) throw new Refusal('unavailable', 'The draft could not be saved.');
  if (previousUid && previousUid !== stored.uid) {
    await deleteDraft(account, folder, previousUid).catch(() => {});
  }
  return { uid: stored.uid ?? null };
}

/** Removes a draft for good. */
export async function removeDraft(account: MailAccount, uid: number): Promise<void> {
  const folder = findRole(await listFolders(account), 'drafts');
  if (folder) await deleteDraft(account, folder, uid);
}

/** Only what is marked as a draft: a wrong number must never delete a letter somebody filed here. */
async function deleteDraft(account: MailAccount, folder: string, uid: number): Promise<void> {
  await withMailbox(account, folder, async (client) => {
    const message = await client.fetchOne(`${uid}`, { uid: true, flags: true }, { uid: true });
    const flags = message ? message.flags : undefined;
    if (flags?.has('\\Draft')) await client.messageDelete(`${uid}`, { uid: true });
  });
}

/** A stored draft as the form of the composer, its files as uploads. Refusal 'not-found'. */
export async function openDraft(
  account: MailAccount,
  folder: string,
  uid: number,
  own: readonly string[],
): Promise<OpenedDraft> {
  const view = await readMessage(account, folder, uid);
  const text = await readQuotableText(account, folder, uid);
  const from = view.from[0]?.address.toLowerCase() ?? '';
  return {
    uid,
    from: own.includes(from) ? from : (own[0] ?? ''),
    to: view.to,
    cc: view.cc,
    bcc: view.bcc,
    subject: view.subject,
    text: text.replace(/\r\n?/g, '\n').replace(/\n$/, ''),
    ...(await readThreading(account, folder, uid)),
    attachments: await stageAttachments(
      account,
      folder,
      uid,
      view.attachments.map((each) => each.part),
    ),
  };
}

async function readThreading(account: MailAccount, folder: string, uid: number) {
  return withMailbox(account, folder, async (client) => {
    const query = { uid: true, headers: ['in-reply-to', 'references', 'x-drey-origin'] };
    const message = await client.fetchOne(`${uid}`, query, { uid: true });
    const fields = parseHeaderFields(message ? (message.headers ?? none) : none);
    const ids = (name: string) => readFieldText(fields, name).match(/<[^<>\s]{1,500}>/g) ?? [];
    return {
      inReplyTo: ids('in-reply-to')[0] ?? '',
      references: [...ids('references')].slice(-50),
      origin: parseOrigin(readFieldText(fields, 'x-drey-origin')),
    };
  });
}

/** Copies attachments of a message to uploads: for a draft that is resumed and for forwarding. */
export async function stageAttachments(
  account: MailAccount,
  folder: string,
  uid: number,
  parts: string[],
): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (const part of parts.slice(0, 50)) {
    const { fileName, type, content } = await openPart(account, folder, uid, part);
    uploads.push(await storeUpload(account.id, { fileName, type }, content));
  }
  return uploads;
}

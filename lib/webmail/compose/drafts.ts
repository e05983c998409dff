// Drafts live in the Drafts folder like any program's. A new version is stored before the old one goes, so no
// failure in between loses text; the composer gets the UID of the newest.

import { Refusal } from '../../errors.ts';
import { readFieldText } from '../../mail/header.ts';
import { type MailAccount, withConnection, withMailbox } from '../imap/pool.ts';
import { ensureRole, findRole, listFolders } from '../list/mailboxes.ts';
import { splitBody, toEditorHtml } from './body.ts';
import { composeMessage } from './compose.ts';
import { parseDraftField, parseOrigin } from './draft-fields.ts';
import { type ComposeForm, emptyForm } from './form.ts';
import { findIdentity } from './identities.ts';
import { type Original, readOriginal } from './original.ts';
import type { Outgoing } from './outgoing.ts';
import { copyPart, prepareQuote, storeQuote } from './quotes.ts';
import type { Upload } from './uploads.ts';

export type SavedDraft = { uid: number | null };
export type OpenedDraft = { form: ComposeForm; attachments: Upload[]; draftUid: number | null };
type Owner = MailAccount & { displayName: string };

const maxAttachments = 50;

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
  } else if (!previousUid && outgoing.draftId && stored.uid) {
    await deleteVersions(account, folder, outgoing.draftId, stored.uid).catch(() => {});
  }
  return { uid: stored.uid ?? null };
}

/** Removes a draft for good; where its number is not known, every version the composer stored of it. */
export async function removeDraft(
  account: MailAccount,
  uid: number | null,
  draftId = '',
): Promise<void> {
  const folder = findRole(await listFolders(account), 'drafts');
  if (!folder) return;
  if (uid) await deleteDraft(account, folder, uid);
  else if (draftId) await deleteVersions(account, folder, draftId, 0);
}

/** A page that was closed while it saved never heard the number of its draft. */
async function deleteVersions(
  account: MailAccount,
  folder: string,
  draftId: string,
  exceptUid: number,
): Promise<void> {
  const uids = await withMailbox(account, folder, (client) =>
    client.search({ draft: true, header: { 'x-drey-draft': `id=${draftId}` } }, { uid: true }),
  );
  for (const uid of uids || []) if (uid !== exceptUid) await deleteDraft(account, folder, uid);
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
export async function openDraft(account: Owner, folder: string, uid: number): Promise<OpenedDraft> {
  const original = await readOriginal(account, folder, uid);
  const remembered = parseDraftField(original.fields);
  const body = await openBody(account, original, remembered?.isHtml);
  const form: ComposeForm = {
    ...body,
    ...remembered,
    identity: remembered?.identity || body.identity,
    isHtml: body.isHtml,
    inReplyTo: original.inReplyTo,
    references: original.references,
    origin: parseOrigin(readFieldText(original.fields, 'x-drey-origin')),
  };
  const attachments = await copyAttachments(account, original, form);
  return { form, attachments, draftUid: uid };
}

/** A message as the start of a new one: the same words, recipients and files, in no thread. */
export async function openAsNew(account: Owner, folder: string, uid: number): Promise<OpenedDraft> {
  const original = await readOriginal(account, folder, uid);
  const form = await openBody(account, original, undefined);
  return { form, attachments: await copyAttachments(account, original, form), draftUid: null };
}

/** `isRich` undefined: as the message is. */
async function openBody(
  account: Owner,
  original: Original,
  isRich: boolean | undefined,
): Promise<ComposeForm> {
  const wanted = original.from[0]?.address ?? account.address;
  // A message of somebody else, edited as new, is sent by oneself.
  const identity = await findIdentity(account, '', wanted).catch(() =>
    findIdentity(account, '', account.address),
  );
  const { to, cc, bcc, replyTo, subject } = original;
  const isHtml = (isRich ?? original.html !== null) && original.html !== null;
  const form: ComposeForm = {
    ...emptyForm(identity.address, identity.id),
    ...{ to, cc, bcc, replyTo, subject, isHtml },
    text: isHtml ? '' : original.text.replace(/\n$/, ''),
  };
  if (!isHtml) return form;
  const { written, quote } = splitBody(original.html ?? '');
  form.html = toEditorHtml(await prepareQuote(account, { ...original, html: written }));
  if (quote) {
    const html = await prepareQuote(account, { ...original, html: quote.html });
    form.quote = { id: await storeQuote(account.id, html), place: quote.place };
  }
  return form;
}

/** Attached files; images inside the HTML are copied with it. */
async function copyAttachments(
  account: MailAccount,
  original: Original,
  form: ComposeForm,
): Promise<Upload[]> {
  const files = original.attachments.filter((each) => !(form.isHtml && each.isInline));
  const uploads: Upload[] = [];
  for (const { part } of files.slice(0, maxAttachments)) {
    uploads.push(await copyPart(account, original, part));
  }
  return uploads;
}

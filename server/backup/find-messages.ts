// Messages of one user in a snapshot, by EMAILID or by words in their headers.

import { Refusal } from '#lib/errors.ts';
import { computeFacts } from '#lib/mail/facts.ts';
import { findHeaderEnd } from '#lib/mail/header.ts';
import { foldText } from '#server/store/fold.ts';
import { originalName } from '#server/store/mailbox-name.ts';
import { readSheetOf } from './account-today.ts';
import type { BackupRow } from './chunk.ts';
import { noProgress } from './progress.ts';
import { enterRepository } from './repository.ts';
import { isTwin } from './restore-mail.ts';
import { RestoreSource } from './restore-source.ts';
import { findSnapshot, type Sheet } from './snapshot.ts';

const maxFound = 1000;
const noHeader = { fromText: '', toText: '', subject: '' };

/** What else a message has to be, known before its header is read: the mailbox it was in, when it came. */
type Fits = (mailbox: string, internalDate: Date) => boolean;

/** `mailbox`: all of one, by its name in the snapshot; `all`: of every mailbox, but what was deleted. */
export type Wanted =
  | { emailId: string }
  | { text: string; fits?: Fits }
  | { mailbox: string }
  | { all: true };

export type FoundMessage = {
  emailId: string;
  /** Name of the mailbox that it was in, or was deleted from. */
  mailbox: string;
  isDeleted: boolean;
  internalDate: Date;
  from: string;
  to: string;
  subject: string;
  sizeBytes: number;
  row: BackupRow;
};

/** Messages whose From, To, Cc, Subject, Message-ID or Date has all of the words. Refusal as `findSnapshot`. */
export function findInBackup(
  path: string,
  address: string,
  text: string,
  snapshot?: string,
  fits?: Fits,
): Promise<FoundMessage[]> {
  const purpose = { work: 'a search', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, snapshot);
    const options = { isDamageSkipped: true, by: '', progress: noProgress };
    const source = new RestoreSource(repository, named, options);
    return findMessages(source, await readSheetOf(source, address), { text, fits });
  });
}

/** The mailboxes that the user had, by name, without those of deleted messages. Refusal as `findSnapshot`. */
export function listBackupMailboxes(
  path: string,
  address: string,
  snapshot?: string,
): Promise<{ name: string; messages: number }[]> {
  const purpose = { work: 'a look at mailboxes', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, snapshot);
    const options = { isDamageSkipped: true, by: '', progress: noProgress };
    const source = new RestoreSource(repository, named, options);
    const sheet = await readSheetOf(source, address);
    const rows = await source.readAllOwn(sheet, 'Mailbox');
    return rows
      .filter((row) => !isTwin(row))
      .map((row) => ({ name: String(row.name), messages: Number(row.messages) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  });
}

/** The bytes of one message as it arrived. Refusal 'not-found', and as `findSnapshot`. */
export function readFromBackup(
  path: string,
  address: string,
  emailId: string,
  snapshot?: string,
): Promise<Buffer> {
  const purpose = { work: 'a look at a message', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, snapshot);
    const options = { isDamageSkipped: true, by: '', progress: noProgress };
    const source = new RestoreSource(repository, named, options);
    const sheet = await readSheetOf(source, address);
    const [found] = await findMessages(source, sheet, { emailId });
    if (!found) throw new Refusal('not-found', `${address} has no such message in ${named.name}.`);
    return repository.bodies.read(String(found.row.blobId));
  });
}

/** Refusal 'limit' where there are too many to choose from. Of whole mailboxes no header is read. */
export async function findMessages(
  source: RestoreSource,
  sheet: Sheet,
  wanted: Wanted,
): Promise<FoundMessage[]> {
  const mailboxes = await source.readAllOwn(sheet, 'Mailbox');
  const byId = new Map(mailboxes.map((row) => [row.id, row]));
  const words = 'text' in wanted ? foldText(wanted.text).split(/\s+/).filter(Boolean) : [];
  const found: FoundMessage[] = [];
  for await (const rows of source.readOwn(sheet, 'Message')) {
    for (const row of rows) {
      const mailbox = byId.get(String(row.mailboxId));
      if (!mailbox || row.blobId === null) continue;
      if ('emailId' in wanted && row.emailId !== wanted.emailId) continue;
      if ('mailbox' in wanted || 'all' in wanted) {
        if (isTwin(mailbox) || ('mailbox' in wanted && mailbox.name !== wanted.mailbox)) continue;
        found.push(toFound(row, mailbox, noHeader));
        continue;
      }
      if ('fits' in wanted && wanted.fits) {
        const { mailbox: name, internalDate } = toFound(row, mailbox, noHeader);
        if (!wanted.fits(name, internalDate)) continue;
      }
      const message = await describe(source, row, mailbox);
      if (!message || !words.every((word) => message.haystack.includes(word))) continue;
      found.push(message.found);
      if (found.length > maxFound) {
        throw new Refusal(
          'limit',
          `More than ${maxFound} messages fit. Say more about the one you look for.`,
        );
      }
    }
  }
  return found.sort((one, other) => one.internalDate.getTime() - other.internalDate.getTime());
}

async function describe(
  source: RestoreSource,
  row: BackupRow,
  mailbox: BackupRow,
): Promise<{ found: FoundMessage; haystack: string } | null> {
  const { bodies } = source.repository;
  if (!bodies.has(String(row.blobId))) return null;
  const body = await bodies.read(String(row.blobId)).catch(() => null);
  if (!body) return null;
  // Its header alone: whole bodies would take their time.
  const facts = computeFacts(body.subarray(0, findHeaderEnd(body, 0, body.length)));
  const { fromText, toText, ccText, subject, messageId } = facts;
  const internalDate = new Date(String(row.internalDate));
  const haystack = [fromText, toText, ccText, subject, messageId, internalDate.toISOString()];
  return { haystack: foldText(haystack.join('\n')), found: toFound(row, mailbox, facts) };
}

function toFound(
  row: BackupRow,
  mailbox: BackupRow,
  { fromText, toText, subject }: { fromText: string; toText: string; subject: string },
): FoundMessage {
  const name = String(mailbox.name);
  return {
    emailId: String(row.emailId),
    mailbox: isTwin(mailbox) ? originalName(name) : name,
    isDeleted: isTwin(mailbox),
    internalDate: new Date(String(row.internalDate)),
    from: fromText,
    to: toText,
    subject,
    sizeBytes: Number(row.sizeBytes),
    row,
  };
}

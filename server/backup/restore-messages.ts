// Single messages out of a backup into a user's mailboxes, also while the server runs.

import { requireAccount } from '#lib/accounts/account.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { createMailbox, findMailbox } from '#server/store/mailboxes.ts';
import { findFreeUse } from '#server/store/special-use.ts';
import { findAccountOf, readSheetOf } from './account-today.ts';
import { appendRestored } from './append-restored.ts';
import { type FoundMessage, findMessages, type Wanted } from './find-messages.ts';
import { readPopUidOf } from './pop-uids.ts';
import { enterRepository } from './repository.ts';
import { readEmailIds } from './restore-missing.ts';
import { type RestoreOptions, RestoreSource } from './restore-source.ts';
import { findSnapshot } from './snapshot.ts';

export type RestoredMessage = Omit<FoundMessage, 'row'> & { restoredTo: string; uid: number };

/**
 * `to` names a mailbox, `below` one that gets the mailboxes of the snapshot as its children: another copy of each comes
 * there. Without either each goes where it was, unless the user has it still.
 */
export type MessageOptions = RestoreOptions & { to?: string; below?: string };

/** Of one mailbox, in one commit. */
const rowsPerStep = 100;

/**
 * Restores the messages that fit; flags, dates, EMAILID and THREADID stay, the UID is new. Returns those that came
 * back and how many the user has anyway. Refusal 'not-found' where none fits, and as `restoreUser`.
 */
export function restoreMessages(
  path: string,
  address: string,
  wanted: Wanted,
  options: MessageOptions,
): Promise<{ restored: RestoredMessage[]; present: number }> {
  const purpose = { work: 'a restore', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const named = await findSnapshot(repository.folder, options.snapshot);
    const source = new RestoreSource(repository, named, options);
    const sheet = await readSheetOf(source, address);
    const account = (await findAccountOf(sheet)) ?? (await requireAccount(sheet.address));
    const fitting = await findMessages(source, sheet, wanted);
    if (fitting.length === 0) {
      throw new Refusal('not-found', `No message of ${sheet.address} fits in ${named.name}.`);
    }
    const isWhole = 'mailbox' in wanted || 'all' in wanted;
    const chosen = isWhole ? fitting : chooseCopies(fitting);
    const present = await readEmailIds(account.id);
    const isCopy = options.to !== undefined || options.below !== undefined;
    const missing = isCopy ? chosen : chosen.filter(({ emailId }) => !present.has(emailId));
    const mailboxes = await source.readAllOwn(sheet, 'Mailbox');
    const popUidOf = await readPopUidOf(source, sheet, mailboxes);
    const restored: RestoredMessage[] = [];
    const nameOf = ({ mailbox }: FoundMessage) =>
      options.below === undefined ? (options.to ?? mailbox) : `${options.below}/${mailbox}`;
    for (const [name, messages] of Map.groupBy(missing, nameOf)) {
      const former = mailboxes.find((one) => one.name === name)?.specialUse;
      const mailbox = await ensureMailbox(account.id, name, former ? String(former) : null);
      for (const part of cutParts(messages, present)) {
        // Where the user has it still, another copy is another message to POP3.
        const isBack = mailbox.name === 'INBOX' && !present.has(part[0]!.emailId);
        const told = isBack ? popUidOf : undefined;
        const rows = part.map(({ row }) => row);
        const uids = await appendRestored(source, account.id, mailbox.id, rows, told);
        for (const [index, { row: _row, ...message }] of part.entries()) {
          restored.push({ ...message, restoredTo: mailbox.name, uid: uids[index] ?? 0 });
        }
        options.progress('Messages', restored.length, missing.length);
      }
    }
    if (restored.length > 0) {
      const text = `${restored.length} messages restored from the backup of ${named.snapshot.takenAt}`;
      await write((tx) => recordChangeIn(tx, options.by, `user ${account.address}`, text));
    }
    return { restored, present: chosen.length - missing.length };
  });
}

/** Parts of one step, in each either all are there still or none is. */
function* cutParts(
  messages: FoundMessage[],
  present: { has(emailId: string): boolean },
): Generator<FoundMessage[]> {
  const halves = Map.groupBy(messages, ({ emailId }) => present.has(emailId));
  for (const half of halves.values()) {
    for (let at = 0; at < half.length; at += rowsPerStep) yield half.slice(at, at + rowsPerStep);
  }
}

/** Of the copies of a message one: rather one that was not deleted. */
function chooseCopies(found: FoundMessage[]): FoundMessage[] {
  const chosen = new Map<string, FoundMessage>();
  for (const message of found) {
    const known = chosen.get(message.emailId);
    if (!known || (known.isDeleted && !message.isDeleted)) chosen.set(message.emailId, message);
  }
  return [...chosen.values()];
}

async function ensureMailbox(accountId: string, name: string, formerUse: string | null) {
  const known = await findMailbox(accountId, name);
  if (known) return known;
  try {
    const use = await findFreeUse(db, accountId, name, formerUse);
    return await createMailbox(accountId, name, use);
  } catch (error) {
    const made = isRefusal(error, 'exists') ? await findMailbox(accountId, name) : null;
    if (!made) throw error;
    return made;
  }
}

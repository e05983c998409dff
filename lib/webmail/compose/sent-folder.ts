// Where the copy of a sent message goes: Sent or the folder the user chose, split by month, quarter or year where that is
// wanted, or the folder of the original. What is missing is made.

import { isRefusal, Refusal } from '../../errors.ts';
import type { Preferences } from '../../preferences/index.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { ensureRole, type Folder, findRole, listFolders } from '../list/mailboxes.ts';
import { checkFolderPath } from '../list/message-list.ts';
import type { Outgoing } from './outgoing.ts';

export type Split = Preferences['compose.sentSplit'];

/** "2026-11", "2026-Q4", "2026", or nothing. */
export function splitName(at: Date, split: Split): string | null {
  const year = String(at.getUTCFullYear());
  const month = at.getUTCMonth() + 1;
  if (split === 'month') return `${year}-${String(month).padStart(2, '0')}`;
  if (split === 'quarter') return `${year}-Q${Math.ceil(month / 3)}`;
  return split === 'year' ? year : null;
}

/** Path of the folder for the copy. */
export async function findSentFolder(
  account: MailAccount,
  outgoing: Pick<Outgoing, 'keepBeside' | 'origin'>,
  preferences: Preferences,
  at: Date,
): Promise<string> {
  const folders = await listFolders(account);
  const { origin } = outgoing;
  const isBeside = outgoing.keepBeside && origin?.kind === 'reply';
  if (isBeside && folders.some(({ path, role }) => path === origin.folder && mayHold(role))) {
    return origin.folder;
  }
  const chosen = findChosen(folders, preferences['compose.sentFolder']);
  const base = chosen ?? (await ensureRole(account, 'sent'));
  const name = splitName(at, preferences['compose.sentSplit']);
  return name === null ? base : ensureFolder(account, folders, `${base}/${name}`);
}

function mayHold(role: Folder['role']): boolean {
  return role !== 'trash' && role !== 'junk' && role !== 'drafts' && role !== 'deleted';
}

function findChosen(folders: Folder[], wanted: string): string | null {
  if (wanted === '') return null;
  const found = folders.find(({ path, isSelectable }) => path === wanted && isSelectable);
  return found && mayHold(found.role) ? found.path : null;
}

async function ensureFolder(
  account: MailAccount,
  folders: Folder[],
  path: string,
): Promise<string> {
  if (folders.some((folder) => folder.path === path)) return path;
  try {
    await withConnection(account, (client) => client.mailboxCreate(checkFolderPath(path)));
  } catch (error) {
    // Another message made it at the same moment.
    if (!isRefusal(error, 'exists')) throw error;
  }
  return path;
}

/** Folders in which the copy of a message may be, the likeliest first. */
export async function listSentFolders(account: MailAccount): Promise<string[]> {
  const folders = (await listFolders(account)).filter(
    ({ role, isSelectable }) => isSelectable && role !== 'deleted',
  );
  const sent = findRole(folders, 'sent');
  if (!sent && folders.length === 0) throw new Refusal('not-found', 'There is no folder.');
  const isLikely = ({ path }: Folder) => sent !== null && `${path}/`.startsWith(`${sent}/`);
  return [...folders.filter(isLikely), ...folders.filter((each) => !isLikely(each))].map(
    ({ path }) => path,
  );
}

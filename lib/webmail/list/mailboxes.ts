// The folder list: every mailbox with its role and counts, by one LIST with RETURN (STATUS) (RFC 5819),
// special ones first in the order people look for them.
import type { ImapFlow, ListResponse } from 'imapflow';
import { type MailAccount, withConnection } from '../imap/pool.ts';

/** "deleted": what was expunged from another folder and can still be restored; "snoozed": what comes back by itself. */
export type FolderRole =
  | 'inbox'
  | 'drafts'
  | 'sent'
  | 'archive'
  | 'junk'
  | 'trash'
  | 'snoozed'
  | 'none'
  | 'deleted';

export type Folder = {
  /** Unicode path, levels parted by `delimiter`; its identity in every call */
  path: string;
  /** Last part of the path */
  name: string;
  delimiter: string;
  role: FolderRole;
  /** Levels above it, 0 at the top */
  depth: number;
  isSelectable: boolean;
  isSubscribed: boolean;
  /** Of another user (RFC 2342) */
  isShared: boolean;
  messages: number;
  unread: number;
  /** Moves whenever anything in the folder changes */
  state: string;
};

const roleOfUse: Record<string, FolderRole> = {
  '\\Inbox': 'inbox',
  '\\Drafts': 'drafts',
  '\\Sent': 'sent',
  '\\Archive': 'archive',
  '\\Junk': 'junk',
  '\\Trash': 'trash',
};
const roleOrder: FolderRole[] = [
  ...([
    'inbox',
    'snoozed',
    'drafts',
    'sent',
    'archive',
    'junk',
    'trash',
    'none',
    'deleted',
  ] as const),
];

/** Where snoozed messages wait (lib/webmail/snooze.ts). */
export const snoozedPath = 'Snoozed';

/** Before the name of a folder: what was expunged from it. The daemon lists these only where they are asked for. */
const deletedPrefix = '#deleted/';

/** Before the names of what others share: the daemon's other namespace (RFC 2342). */
const sharedPrefix = 'Shared/';

const statusQuery = {
  messages: true,
  unseen: true,
  uidNext: true,
  uidValidity: true,
  highestModseq: true,
};

/** Name of the folder whose deleted messages are in `path`, or null for an ordinary folder. */
export function originOf(path: string): string | null {
  return path.startsWith(deletedPrefix) ? path.slice(deletedPrefix.length) : null;
}

/** True for folders that others share, and for the levels above them. */
export function isShared(path: string): boolean {
  return `${path}/`.startsWith(sharedPrefix);
}

/** Every folder of the account, special ones first, then by path; those of others last. */
export async function listFolders(account: MailAccount): Promise<Folder[]> {
  return withConnection(account, async (client) => {
    const entries = await client.list({ statusQuery });
    const folders = [...entries, ...(await listDeleted(client))]
      .filter((entry) => entry.path !== '')
      .map((entry): Folder => {
        const { status } = entry;
        return {
          path: entry.path,
          name: originOf(entry.path) ?? (entry.name || entry.path),
          delimiter: entry.delimiter || '/',
          role: findRoleOf(entry),
          depth: originOf(entry.path) === null ? entry.parent.length : 0,
          isSubscribed: entry.subscribed === true,
          isShared: isShared(entry.path),
          isSelectable: !entry.flags.has('\\Noselect') && !entry.flags.has('\\NonExistent'),
          messages: status?.messages ?? 0,
          unread: status?.unseen ?? 0,
          state: [
            status?.uidValidity,
            status?.uidNext,
            status?.highestModseq,
            status?.messages,
            status?.unseen,
          ].join('.'),
        };
      });
    return sortFolders(folders);
  });
}

function findRoleOf({ path, specialUse }: ListResponse): FolderRole {
  if (originOf(path) !== null) return 'deleted';
  // Somebody else's Sent is not where one's own mail goes, whatever it is called.
  if (isShared(path)) return 'none';
  // No special use stands for it (RFC 6154): its name does.
  if (path === snoozedPath) return 'snoozed';
  return path === 'INBOX' ? 'inbox' : (roleOfUse[specialUse ?? ''] ?? 'none');
}

/** imapflow lists with any pattern, only not by a method of its own. */
async function listDeleted(client: ImapFlow): Promise<ListResponse[]> {
  const { run } = client as unknown as {
    run(command: 'LIST', reference: string, pattern: string, options: object): unknown;
  };
  const entries = await run.call(client, 'LIST', '', `${deletedPrefix}*`, { statusQuery });
  // RFC 3501 §6.3.8: INBOX may be listed whatever was asked for.
  return (entries as ListResponse[]).filter(({ path }) => originOf(path) !== null);
}

/** Special folders first, each with its children behind it; the rest by name. */
export function sortFolders(folders: Folder[]): Folder[] {
  const byPath = new Map(folders.map((folder) => [folder.path, folder]));
  const rootOf = (folder: Folder): Folder =>
    byPath.get(folder.path.split(folder.delimiter)[0]!) ?? folder;
  const compareNames = new Intl.Collator('en', { numeric: true, sensitivity: 'base' }).compare;
  return [...folders].sort((a, b) => {
    const [rootA, rootB] = [rootOf(a), rootOf(b)];
    return (
      roleOrder.indexOf(rootA.role) - roleOrder.indexOf(rootB.role) ||
      Number(isShared(a.path)) - Number(isShared(b.path)) ||
      compareNames(a.path, b.path)
    );
  });
}

/** Path of the folder with a role, or null. */
export function findRole(folders: readonly Folder[], role: FolderRole): string | null {
  return folders.find((folder) => folder.role === role && folder.isSelectable)?.path ?? null;
}

/** Path of the folder with a role; made under its English name where the account has none. */
export async function ensureRole(
  account: MailAccount,
  role: Exclude<FolderRole, 'none' | 'inbox' | 'snoozed' | 'deleted'>,
): Promise<string> {
  const found = findRole(await listFolders(account), role);
  if (found) return found;
  const name = `${role[0]!.toUpperCase()}${role.slice(1)}`;
  await withConnection(account, (client) => client.mailboxCreate(name));
  return name;
}

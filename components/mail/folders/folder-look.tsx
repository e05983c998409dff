// Icon, colour and name of a folder by its role.
import {
  AlarmClock,
  Archive,
  CircleAlert,
  FileText,
  Folder as FolderIcon,
  Inbox,
  type LucideIcon,
  RotateCcw,
  Send,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Folder, FolderRole } from '#lib/webmail/list/mailboxes.ts';

const icons: Record<FolderRole, [icon: LucideIcon, colour: string]> = {
  inbox: [Inbox, 'text-accent-text'],
  snoozed: [AlarmClock, 'text-warn-text'],
  drafts: [FileText, 'text-info-text'],
  sent: [Send, 'text-ok-text rtl:-scale-x-100'],
  archive: [Archive, 'text-accent-text'],
  junk: [CircleAlert, 'text-warn-text'],
  trash: [Trash2, 'text-danger-text'],
  none: [FolderIcon, ''],
  deleted: [RotateCcw, ''],
};

export function folderIcon(role: FolderRole, isColoured = false): ReactNode {
  const [Icon, colour] = icons[role];
  return <Icon aria-hidden className={isColoured ? colour : undefined} />;
}

/** Roles whose folder is called by the role's name in the person's language. */
export type NamedRole = Exclude<FolderRole, 'none' | 'deleted'>;

/**
 * What a folder is called. `translate` gives the name of a role; a special folder that the person gave another name
 * keeps that.
 */
export function nameFolder(
  folder: Pick<Folder, 'role' | 'name'>,
  translate: (role: NamedRole) => string,
  isTranslated = true,
): string {
  if (folder.role === 'inbox' || folder.name === 'INBOX') return translate('inbox');
  if (folder.role === 'none' || folder.role === 'deleted' || !isTranslated) return folder.name;
  return folder.name.toLowerCase() === folder.role ? translate(folder.role) : folder.name;
}

/** The same in English, where no language is at hand. */
export function folderName(folder: Pick<Folder, 'role' | 'name'>): string {
  const name = nameFolder(folder, (role) => role[0]!.toUpperCase() + role.slice(1));
  return folder.role === 'deleted' ? `Deleted from ${name}` : name;
}

/** Numbers that mean something in this folder: unread mail, or all of it in Drafts; none for what was thrown away. */
export function folderCount(folder: Folder): number {
  if (folder.role === 'drafts' || folder.role === 'snoozed') return folder.messages;
  if (folder.role === 'deleted') return 0;
  return folder.role === 'trash' || folder.role === 'sent' ? 0 : folder.unread;
}

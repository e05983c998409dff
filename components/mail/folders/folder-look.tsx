// Icon and colour of a folder by its role.
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
import type { FolderRole } from '#lib/webmail/list/mailboxes.ts';

export { folderName } from './folder-names.ts';

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

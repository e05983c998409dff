// Icon and name of a folder by its role.
import {
  Archive,
  CircleAlert,
  FileText,
  Folder as FolderIcon,
  Inbox,
  RotateCcw,
  Send,
  Trash2,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Folder, FolderRole } from '#lib/webmail/list/mailboxes.ts';

const icons: Record<FolderRole, ReactNode> = {
  inbox: <Inbox />,
  drafts: <FileText />,
  sent: <Send />,
  archive: <Archive />,
  junk: <CircleAlert />,
  trash: <Trash2 />,
  none: <FolderIcon />,
  deleted: <RotateCcw />,
};

export function folderIcon(role: FolderRole): ReactNode {
  return icons[role];
}

/** "Inbox" for INBOX; the server's own name for every other folder. */
export function folderName(folder: Pick<Folder, 'role' | 'name'>): string {
  const name = folder.role === 'inbox' || folder.name === 'INBOX' ? 'Inbox' : folder.name;
  return folder.role === 'deleted' ? `Deleted from ${name}` : name;
}

/** The number beside a folder: unread mail, or all of it in Drafts; nothing for what was thrown away. */
export function folderCount(folder: Folder): number {
  if (folder.role === 'drafts') return folder.messages;
  if (folder.role === 'deleted') return 0;
  return folder.role === 'trash' || folder.role === 'sent' ? 0 : folder.unread;
}

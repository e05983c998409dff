// The menu of a folder.
import { BellOff, BellRing, FolderPlus, MailCheck, Pencil, Trash2, UserPlus } from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { MenuItem } from '#components/ui/menu.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { Mail } from '../state/use-mail.ts';
import { isThrownAway } from './folder-tree.ts';

/** What the pane does for its rows. */
export type FolderDeeds = {
  create: (parent: Folder | null) => void;
  rename: (folder: Folder) => void;
  remove: (folder: Folder) => void;
  empty: (folder: Folder) => void;
  share: (folder: Folder) => void;
  subscribe: (folder: Folder, isSubscribed: boolean) => void;
  toggle: (folder: Folder) => void;
};

export function folderItems(
  folder: Folder,
  mail: Mail,
  deeds: FolderDeeds,
  t: ReturnType<typeof useTranslations<'folders'>>,
): MenuItem[] {
  const isOwn = folder.role === 'none' && !folder.isShared;
  const items: (MenuItem | false)[] = [
    {
      label: t('actions.readAll'),
      icon: <MailCheck />,
      isDisabled: folder.unread === 0,
      onSelect: () => void mail.actOnFolder('read-all', folder.path),
    },
    {
      label: t('actions.createInside'),
      icon: <FolderPlus />,
      onSelect: () => deeds.create(folder),
    },
    isOwn && { label: t('actions.rename'), icon: <Pencil />, onSelect: () => deeds.rename(folder) },
    !folder.isShared && {
      label: t('actions.share'),
      icon: <UserPlus />,
      onSelect: () => deeds.share(folder),
    },
    folder.role !== 'inbox' && {
      label: t(folder.isSubscribed ? 'actions.unsubscribe' : 'actions.subscribe'),
      icon: folder.isSubscribed ? <BellOff /> : <BellRing />,
      onSelect: () => deeds.subscribe(folder, !folder.isSubscribed),
    },
    isThrownAway(folder) && {
      label: t('actions.empty'),
      icon: <Trash2 />,
      isDanger: true,
      isDisabled: folder.messages === 0,
      onSelect: () => deeds.empty(folder),
    },
    isOwn && {
      label: t('actions.delete'),
      icon: <Trash2 />,
      isDanger: true,
      onSelect: () => deeds.remove(folder),
    },
  ];
  return items.filter((item) => item !== false);
}

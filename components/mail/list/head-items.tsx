// The menu of the list: what concerns all of it.
import { Columns3, Eraser, MailCheck, Trash2 } from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { MenuItem } from '#components/ui/menu.tsx';
import type { Perform } from '../keyboard/use-commands.ts';
import type { Mail } from '../state/use-mail.ts';

const filters = ['unread', 'starred', 'attachment'] as const;

export function headItems({
  mail: { folder, list, place, nameOf },
  perform,
  t,
  isMarking,
  onEmpty,
}: {
  mail: Mail;
  perform: Perform;
  t: ReturnType<typeof useTranslations<'list'>>;
  /** Messages are marked before they are removed */
  isMarking: boolean;
  /** Null where the folder is no place for what is thrown away */
  onEmpty: (() => void) | null;
}): MenuItem[] {
  return [
    {
      label: t('readAll'),
      icon: <MailCheck />,
      isDisabled: !folder || folder.unread === 0,
      onSelect: () => void perform('read-all'),
    },
    {
      label: t('selectEverything'),
      isDisabled: !list || list.total === 0,
      onSelect: () => void perform('select-everything'),
    },
    ...filters.map((filter) => ({
      label: t(`filter.${filter}`),
      isChecked: place.filter === filter,
      onSelect: () => void perform(`filter-${filter}`),
    })),
    'separator',
    { label: t('chooseColumns'), icon: <Columns3 />, onSelect: () => void perform('columns') },
    ...(isMarking
      ? [
          {
            label: t('expunge'),
            icon: <Eraser />,
            isDanger: true,
            onSelect: () => void perform('expunge'),
          },
        ]
      : []),
    ...(onEmpty
      ? [
          {
            label: t('emptying.item', { folder: nameOf(folder) }),
            icon: <Trash2 />,
            isDanger: true,
            isDisabled: !folder || folder.messages === 0,
            onSelect: onEmpty,
          },
        ]
      : []),
  ];
}

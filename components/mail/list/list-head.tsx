// The head of the list: what it is, quick filters, its order, and what concerns all of it.
'use client';
import { ArrowDownUp, MoreVertical, Paperclip, RefreshCw, Star } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { listSorts } from '#lib/preferences/list-names.ts';
import type { ListFilter } from '#lib/webmail/list/message-list.ts';
import type { Perform } from '../keyboard/use-commands.ts';
import { isAcross } from '../state/list-view.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';

const filters: { filter: ListFilter; icon: ReactNode }[] = [
  { filter: 'unread', icon: <span aria-hidden className="size-2.5 rounded-full bg-current" /> },
  { filter: 'starred', icon: <Star /> },
  { filter: 'attachment', icon: <Paperclip /> },
];

const ConfirmDialog = dynamic(
  () => import('#components/ui/confirm-dialog.tsx').then((file) => file.ConfirmDialog),
  { ssr: false },
);

export function ListHead({ mail, perform }: { mail: Mail; perform: Perform }) {
  const t = useTranslations('list');
  const locale = useLocale();
  const { list, place, folder, rows } = mail;
  const { preferences } = usePreferences();
  const [isEmptying, setIsEmptying] = useState(false);
  const isDeleted = folder?.role === 'deleted';
  const isFinal = isDeleted || folder?.role === 'trash' || folder?.role === 'junk';
  const name = mail.nameOf(folder);
  const hasMarked = rows.some((row) => row.isDeleted);
  const isMarking = preferences['list.delete'] === 'mark' || hasMarked;
  return (
    <div className="flex h-12 shrink-0 items-center gap-0.5 border-b ps-4 pe-1.5">
      <span className="me-2 flex">
        <Checkbox
          aria-label={t('selectLoaded')}
          checked={false}
          disabled={rows.length === 0}
          onChange={() => perform('select-all')}
        />
      </span>
      <h1 className="flex min-w-0 flex-1 items-baseline gap-2 text-base font-semibold">
        <bdi className="truncate">{place.query ? t('search') : name}</bdi>
        <bdi className="truncate text-sm font-normal text-faint tabular-nums">
          {list && summarize(mail, name, t, locale)}
        </bdi>
      </h1>
      <fieldset className="flex items-center" aria-label={t('filters')}>
        {filters.map(({ filter, icon }) => (
          <IconButton
            key={filter}
            label={t(`filter.${filter}`)}
            aria-pressed={place.filter === filter}
            icon={icon}
            size="sm"
            isActive={place.filter === filter}
            className="max-sm:hidden"
            onClick={() => perform(`filter-${filter}`)}
          />
        ))}
      </fieldset>
      <IconButton label={t('refresh')} icon={<RefreshCw />} onClick={mail.refresh} />
      <Menu
        label={t('order')}
        trigger={(props) => (
          <IconButton
            {...props}
            label={t('orderBy', { order: t(`sorts.${place.sort}`) })}
            icon={<ArrowDownUp />}
            isActive={place.sort !== mail.habits.sort}
          />
        )}
        items={() =>
          listSorts.map((sort) => ({
            label: t(`sorts.${sort}`),
            isChecked: place.sort === sort,
            onSelect: () => mail.go({ sort, page: 1, uid: null }),
          }))
        }
      />
      <Menu
        label={t('more')}
        trigger={(props) => <IconButton {...props} label={t('more')} icon={<MoreVertical />} />}
        items={async () =>
          (await import('./head-items.tsx')).headItems({
            mail,
            perform,
            t,
            isMarking,
            onEmpty: isFinal ? () => setIsEmptying(true) : null,
          })
        }
      />
      {isEmptying && (
        <ConfirmDialog
          isOpen
          onClose={() => setIsEmptying(false)}
          title={t('emptying.title', { folder: name })}
          confirmLabel={t(isDeleted ? 'emptying.forGood' : 'emptying.all')}
          onConfirm={() => mail.actOnFolder('empty', place.folder)}
        >
          {t('emptying.count', { count: folder?.messages ?? 0 })}{' '}
          {isDeleted || mail.keptDays === 0
            ? t('emptying.final')
            : t('emptying.kept', { days: mail.keptDays })}
        </ConfirmDialog>
      )}
    </div>
  );
}

type Translate = ReturnType<typeof useTranslations<'list'>>;

function summarize(mail: Mail, name: string, t: Translate, locale: string): string {
  const { list, folder, place } = mail;
  const count = list?.total ?? 0;
  if (place.query) {
    return list && isAcross(list) ? t('found', { count }) : t('matches', { count, folder: name });
  }
  if (place.filter) return t('filtered', { count, filter: t(`filter.${place.filter}`) });
  if (folder && folder.unread > 0 && folder.role !== 'drafts') {
    return t('unreadCount', { count: folder.unread });
  }
  return count > 0 ? count.toLocaleString(locale) : '';
}

// Searches that are kept, beside the folders.
'use client';
import { MoreHorizontal, Pencil, Search, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { SavedSearch } from '#lib/preferences/folders.ts';
import { toUrl } from '../state/place.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';

const SaveSearchDialog = dynamic(
  () => import('./save-search-dialog.tsx').then((module) => module.SaveSearchDialog),
  { ssr: false },
);

export function SavedSearches({
  mail,
  onChosen,
}: {
  mail: Mail;
  onChosen?: (() => void) | undefined;
}) {
  const t = useTranslations('search');
  const { preferences, change } = usePreferences();
  const [renaming, setRenaming] = useState<SavedSearch | null>(null);
  const searches = preferences['folders.searches'];
  return (
    <>
      <h2 className="mt-4 mb-1 ps-2.5 text-xs font-medium text-faint">{t('saved')}</h2>
      <ul aria-label={t('saved')} className="flex flex-col gap-px">
        {searches.map((search) => {
          const { query, folder } = search;
          const place = { ...mail.place, folder, query, page: 1, uid: null };
          const isActive = mail.place.query === query && mail.place.folder === folder;
          return (
            <li key={search.id} className="group relative">
              <a
                href={toUrl(place, mail.habits)}
                title={query}
                aria-current={isActive ? 'page' : undefined}
                draggable={false}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0)
                    return;
                  event.preventDefault();
                  mail.go(place);
                  onChosen?.();
                }}
                className={joinClasses(
                  'flex h-8 items-center gap-2.5 rounded-md px-2.5 -outline-offset-2 pointer-coarse:h-11',
                  isActive
                    ? 'bg-accent-soft font-medium text-accent-text'
                    : 'text-muted hover:bg-hover hover:text-ink',
                )}
              >
                <Search aria-hidden className="size-4 shrink-0" />
                <span className="min-w-0 flex-1 truncate">
                  <bdi>{search.name}</bdi>
                </span>
              </a>
              <span className="absolute end-0.5 top-0.5 opacity-0 group-hover:opacity-100 focus-within:opacity-100">
                <Menu
                  label={search.name}
                  trigger={(props) => (
                    <IconButton
                      {...props}
                      label={t('more', { name: search.name })}
                      icon={<MoreHorizontal />}
                      size="sm"
                      className="bg-canvas"
                    />
                  )}
                  items={[
                    {
                      label: t('save.renameItem'),
                      icon: <Pencil />,
                      onSelect: () => setRenaming(search),
                    },
                    {
                      label: t('save.remove'),
                      icon: <Trash2 />,
                      isDanger: true,
                      onSelect: () =>
                        change({
                          'folders.searches': searches.filter((each) => each.id !== search.id),
                        }),
                    },
                  ]}
                />
              </span>
            </li>
          );
        })}
      </ul>
      {renaming && (
        <SaveSearchDialog mail={mail} known={renaming} onClose={() => setRenaming(null)} />
      )}
    </>
  );
}

// The books at the side: all contacts, each group, the directory; and what is done with whole books.
'use client';
import { BookUser, Building2, Copy, Download, Upload, Users } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Menu } from '#components/ui/menu.tsx';
import { contactsPath } from './contact-data.ts';
import type { Book } from './use-book.ts';

const ImportDialog = dynamic(async () => (await import('./import-dialog.tsx')).ImportDialog, {
  ssr: false,
});
const DuplicatesDialog = dynamic(
  async () => (await import('./duplicates-dialog.tsx')).DuplicatesDialog,
  { ssr: false },
);

const row =
  'flex h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-start font-medium hover:bg-hover pointer-coarse:h-11';

export function BookNav({
  book,
  place,
  onGo,
  className,
}: {
  book: Book;
  place: string;
  onGo: (group: string) => void;
  className?: string;
}) {
  const t = useTranslations('contacts');
  const [open, setOpen] = useState<'import' | 'duplicates' | null>(null);
  const entry = (id: string, icon: ReactNode, name: string, count?: number) => (
    <li key={id}>
      <button
        type="button"
        aria-current={place === id ? 'page' : undefined}
        onClick={() => onGo(id)}
        className={joinClasses(row, place === id && 'bg-accent-soft text-accent-text')}
      >
        {icon}
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {count !== undefined && <span className="text-sm text-muted">{count}</span>}
      </button>
    </li>
  );
  return (
    <nav
      aria-label={t('books')}
      className={joinClasses('flex flex-col gap-4 overflow-y-auto p-3', className)}
    >
      <ul className="flex flex-col gap-0.5">
        {entry('', <BookUser aria-hidden className="size-4 shrink-0" />, t('all'), book.all)}
        {entry('directory', <Building2 aria-hidden className="size-4 shrink-0" />, t('directory'))}
      </ul>
      {book.groups.length > 0 && (
        <div>
          <h2 className="px-2.5 pb-1 text-sm text-muted">{t('groups')}</h2>
          <ul className="flex flex-col gap-0.5">
            {book.groups.map(({ id, name, count }) =>
              entry(id, <Users aria-hidden className="size-4 shrink-0" />, name, count),
            )}
          </ul>
        </div>
      )}
      <div className="mt-auto flex flex-col gap-0.5">
        <button type="button" className={row} onClick={() => setOpen('import')}>
          <Upload aria-hidden className="size-4" />
          {t('actions.import')}
        </button>
        <Menu
          align="start"
          trigger={(props) => (
            <button type="button" className={row} {...props}>
              <Download aria-hidden className="size-4" />
              {t('actions.export')}
            </button>
          )}
          items={(
            [
              ['vcard4', 'exportVcard'],
              ['vcard3', 'exportVcard3'],
              ['csv', 'exportCsv'],
            ] as const
          ).map(([format, label]) => ({
            label: t(`actions.${label}`),
            onSelect: () => {
              const group = place === 'directory' ? '' : `&group=${encodeURIComponent(place)}`;
              window.location.assign(`${contactsPath}/export?format=${format}${group}`);
            },
          }))}
        />
        <button type="button" className={row} onClick={() => setOpen('duplicates')}>
          <Copy aria-hidden className="size-4" />
          {t('actions.duplicates')}
        </button>
      </div>
      {open === 'import' && <ImportDialog onClose={() => setOpen(null)} onDone={book.reload} />}
      {open === 'duplicates' && (
        <DuplicatesDialog onClose={() => setOpen(null)} onDone={book.reload} />
      )}
    </nav>
  );
}

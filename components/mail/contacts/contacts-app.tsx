// The page of contacts: books at the side, their list, and the one that is open. What is chosen stands in the address
// (?group=, ?id=, ?edit), so Back closes it and a phone shows one thing at a time.
'use client';
import { useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, getJson } from '../state/request.ts';
import { usePageUndo } from '../state/use-undo.ts';
import { BookNav } from './book-nav.tsx';
import { BookPane } from './book-pane.tsx';
import { type Contact, contactsPath, type ListAnswer } from './contact-data.ts';
import { ContactForm } from './contact-form.tsx';
import { ContactView } from './contact-view.tsx';
import { DirectoryPane } from './directory-pane.tsx';
import { useBook } from './use-book.ts';
import { useRemoval } from './use-removal.ts';

const directory = 'directory';

export function ContactsApp({ start, user }: { start: ListAnswer; user: string }) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const query = useSearchParams();
  const place = query.get('group') ?? '';
  const openId = query.get('id');
  const isEditing = query.has('edit');
  const [search, setSearch] = useState('');
  const book = useBook(search, place === directory ? '' : place, start);
  const [opened, setOpened] = useState<Contact | null>(null);
  const contact = opened?.id === openId ? opened : null;
  const go = useCallback((group: string, id: string | null = null, edit = false) => {
    const next = new URLSearchParams();
    if (group) next.set('group', group);
    if (id) next.set('id', id);
    if (edit) next.set('edit', '1');
    const text = next.toString();
    window.history.pushState(null, '', text ? `?${text}` : window.location.pathname);
  }, []);
  const remove = useRemoval(book.reload, usePageUndo(user));

  useEffect(() => {
    if (!openId || opened?.id === openId) return;
    let isCurrent = true;
    getJson<{ contact: Contact }>(`${contactsPath}/one`, { id: openId }).then(
      (answer) => isCurrent && setOpened(answer.contact),
      (failure) => {
        if (!isCurrent) return;
        toast.show({ kind: 'error', text: errorText(failure) });
        go(place);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [openId, opened, place, go, toast]);

  const saved = (next: Contact) => {
    const key = contact ? 'done.saved' : 'done.added';
    toast.show({ text: t(key, { name: next.name }) });
    setOpened(next);
    book.reload();
    go(place === directory ? '' : place, next.id);
  };
  const hasDetail = openId !== null || isEditing;
  return (
    <div className="flex h-full min-h-0">
      <h1 className="sr-only">{t('title')}</h1>
      <BookNav
        book={book}
        place={place}
        onGo={(group) => go(group)}
        className="w-56 shrink-0 border-e max-lg:hidden"
      />
      {place === directory ? (
        <DirectoryPane onGo={go} book={book} onAdded={book.reload} />
      ) : (
        <BookPane
          book={book}
          place={place}
          openId={openId}
          search={search}
          onSearch={setSearch}
          onGo={go}
          onRemove={remove}
          className={joinClasses(
            'w-full md:w-88 md:shrink-0 md:border-e',
            hasDetail && 'max-md:hidden',
          )}
        />
      )}
      {place !== directory && (
        <section
          aria-label={t('details')}
          className={joinClasses('min-w-0 flex-1 overflow-y-auto', !hasDetail && 'max-md:hidden')}
        >
          {hasDetail && (
            <button
              type="button"
              className="m-2 h-11 rounded-md px-3 text-accent-text md:hidden"
              onClick={() => go(place)}
            >
              {t('back')}
            </button>
          )}
          {isEditing && (!openId || contact) ? (
            <ContactForm
              key={openId ?? 'new'}
              contact={contact}
              groups={book.groups}
              onDone={saved}
              onCancel={() => go(place, openId)}
            />
          ) : openId ? (
            contact ? (
              <ContactView
                contact={contact}
                groups={book.groups}
                onEdit={() => go(place, openId, true)}
                onDelete={() => {
                  go(place);
                  void remove([openId]);
                }}
              />
            ) : (
              <Spinner className="m-6" />
            )
          ) : (
            <EmptyState title={t('pick')} className="h-full" />
          )}
        </section>
      )}
    </div>
  );
}

// The directory: users, shared mailboxes, groups, entries of administrators, and the LDAP server's answers to a search.
'use client';
import { Menu as MenuIcon, PenLine, UserPlus } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, getJson, isAborted, postJson } from '../state/request.ts';
import { BookNav } from './book-nav.tsx';
import { contactsPath, type DirectoryPerson, hrefToWrite } from './contact-data.ts';
import type { Book } from './use-book.ts';

type Answer = { people: DirectoryPerson[]; total: number; ldap: DirectoryPerson[] };

export function DirectoryPane({
  book,
  onGo,
  onAdded,
}: {
  book: Book;
  onGo: (group: string) => void;
  onAdded: () => void;
}) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const [people, setPeople] = useState<DirectoryPerson[] | null>(null);
  const [total, setTotal] = useState(0);
  const [error, setError] = useState('');
  const [isNavOpen, setIsNavOpen] = useState(false);

  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      try {
        const answer = await getJson<Answer>(
          '/api/mail/directory',
          { q: search, page },
          stop.signal,
        );
        setError('');
        setTotal(answer.total + answer.ldap.length);
        setPeople((before) => [
          ...(page > 1 ? (before ?? []) : []),
          ...answer.people,
          ...answer.ldap,
        ]);
      } catch (failure) {
        if (!isAborted(failure)) setError(errorText(failure));
      }
    };
    const timer = setTimeout(() => void load(), search === '' ? 0 : 150);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [search, page]);

  const add = async ({ name, address }: DirectoryPerson) => {
    try {
      const { added } = await postJson<{ added: number }>(contactsPath, {
        people: [{ name, address }],
      });
      toast.show({ text: t(added > 0 ? 'done.added' : 'done.known', { name: name || address }) });
      onAdded();
    } catch (failure) {
      toast.show({ kind: 'error', text: errorText(failure) });
    }
  };

  return (
    <section aria-label={t('directory')} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex h-13 shrink-0 items-center gap-1.5 border-b px-2">
        <IconButton
          label={t('books')}
          icon={<MenuIcon />}
          className="lg:hidden"
          onClick={() => setIsNavOpen(true)}
        />
        <Input
          type="search"
          aria-label={t('searchDirectory')}
          placeholder={t('searchDirectory')}
          value={search}
          maxLength={100}
          onChange={(event) => {
            setPage(1);
            setSearch(event.target.value);
          }}
          className="max-w-md"
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <FieldError>{error}</FieldError>
        {people?.length === 0 && <EmptyState title={t('empty.directory')} />}
        <ul aria-label={t('directory')}>
          {people?.map((person) => (
            <li
              key={`${person.kind} ${person.address}`}
              className="flex min-h-14 items-center gap-3 border-b ps-4 pe-2 hover:bg-hover"
            >
              <Avatar name={person.name} address={person.address} />
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <span className="truncate font-medium">{person.name || person.address}</span>
                  {person.kind !== 'person' && <Badge>{t(`kinds.${person.kind}`)}</Badge>}
                </span>
                <span className="block truncate text-sm text-muted">
                  {[person.address, person.organization, person.phone, person.note]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <IconButton
                label={`${t('actions.addToContacts')}: ${person.name || person.address}`}
                icon={<UserPlus />}
                onClick={() => void add(person)}
              />
              <Link
                href={hrefToWrite([person.address])}
                aria-label={t('actions.writeTo', { name: person.name || person.address })}
                title={t('actions.write')}
                className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
              >
                <PenLine aria-hidden className="size-4" />
              </Link>
            </li>
          ))}
        </ul>
        {people && people.length < total && (
          <div className="flex justify-center p-4">
            <Button onClick={() => setPage((each) => each + 1)}>{t('more')}</Button>
          </div>
        )}
      </div>
      {isNavOpen && (
        <Dialog isOpen onClose={() => setIsNavOpen(false)} title={t('books')}>
          <BookNav book={book} place="directory" onGo={onGo} />
        </Dialog>
      )}
    </section>
  );
}

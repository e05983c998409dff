// What stands where there are no rows: each kind of list says it in its own way.
'use client';
import { FilterX, Inbox, SearchX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { Mail } from '../state/use-mail.ts';

export function EmptyList({ mail }: { mail: Mail }) {
  const t = useTranslations('list.empty');
  const { place, folder } = mail;
  const name = mail.nameOf(folder);
  if (place.query) {
    return (
      <EmptyState
        icon={<SearchX />}
        title={t('search.title')}
        className="h-full"
        action={
          <Button onClick={() => mail.go({ query: '', page: 1, uid: null })}>
            {t('search.action')}
          </Button>
        }
      >
        {t('search.text', { folder: name, query: place.query })}
      </EmptyState>
    );
  }
  if (place.filter) {
    return (
      <EmptyState
        icon={<FilterX />}
        title={t(`filter.${place.filter}`)}
        className="h-full"
        action={
          <Button onClick={() => mail.go({ filter: null, page: 1, uid: null })}>
            {t('filter.action')}
          </Button>
        }
      >
        {t('filter.text', { folder: name })}
      </EmptyState>
    );
  }
  const role = folder?.role ?? 'none';
  return (
    <EmptyState icon={<Inbox />} title={t(`${role}.title`)} className="h-full">
      {t(`${role}.text`)}
    </EmptyState>
  );
}

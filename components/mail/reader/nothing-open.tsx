// What stands in the reader while no message is open.
'use client';
import { Inbox } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import type { Mail } from '../state/use-mail.ts';

export function NothingOpen({ mail }: { mail: Mail }) {
  const t = useTranslations('list.nothing');
  const unread = mail.folder?.unread ?? 0;
  if (mail.selected.size > 0) {
    return (
      <EmptyState
        icon={<Inbox />}
        title={t('selected', { count: mail.selected.size })}
        className="flex-1"
      >
        {t('hint')}
      </EmptyState>
    );
  }
  const hint = (key: string, text: string): ReactNode => (
    <span key={key} className="flex items-center gap-1.5">
      <Kbd>{key}</Kbd> {text}
    </span>
  );
  return (
    <EmptyState icon={<Inbox />} title={mail.nameOf(mail.folder)} className="flex-1">
      <p>{unread > 0 ? t('unread', { count: unread }) : t('allRead')}</p>
      <p className="mt-4 flex flex-wrap justify-center gap-x-4 gap-y-2 text-sm text-faint pointer-coarse:hidden">
        {hint('j', t('next'))}
        {hint('k', t('previous'))}
        {hint('c', t('compose'))}
        {hint('/', t('search'))}
        {hint('?', t('keys'))}
      </p>
    </EmptyState>
  );
}

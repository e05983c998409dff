// A page that failed. The details are in the server's log under the digest, not on the screen.
'use client';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

export function PageError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const t = useTranslations('ui.failure');
  return (
    <EmptyState
      icon={<TriangleAlert />}
      title={t('title')}
      action={
        <Button variant="primary" onClick={reset}>
          {t('retry')}
        </Button>
      }
    >
      {t('text')}{' '}
      {error.digest &&
        t.rich('digest', {
          code: () => <span className="font-mono select-all">{error.digest}</span>,
        })}
    </EmptyState>
  );
}

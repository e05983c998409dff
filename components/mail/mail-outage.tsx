// Stands where the mail page would, while the mail server does not answer; tries again by itself.
'use client';
import { ServerCrash } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

const retryMs = 5000;

export function MailOutage({ title, signOut }: { title: string; signOut: () => Promise<void> }) {
  const t = useTranslations('ui.outage');
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), retryMs);
    return () => clearInterval(timer);
  }, [router]);
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<ServerCrash />}
        title={t('title', { title })}
        action={
          <span className="flex gap-2">
            <Button variant="primary" onClick={() => router.refresh()}>
              {t('retry')}
            </Button>
            <Button onClick={() => void signOut()}>{t('signOut')}</Button>
          </span>
        }
      >
        {t('text')}
      </EmptyState>
    </main>
  );
}

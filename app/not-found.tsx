// 404: the address leads nowhere, or to what the reader may not know of.
import { CircleHelp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function NotFound() {
  const t = useTranslations('ui.missing');
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<CircleHelp />}
        title={t('title')}
        action={
          <ButtonLink href="/" variant="primary">
            {t('start')}
          </ButtonLink>
        }
      >
        {t('text')}
      </EmptyState>
    </main>
  );
}

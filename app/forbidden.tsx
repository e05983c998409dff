// 403: signed in, but without the role the page asks for.
import { Lock } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';

export default function Forbidden() {
  const t = useTranslations('ui.forbidden');
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<Lock />}
        title={t('title')}
        action={
          <span className="flex gap-2">
            <ButtonLink href="/mail" variant="primary">
              {t('mail')}
            </ButtonLink>
            <ButtonLink href="/logout">{t('other')}</ButtonLink>
          </span>
        }
      >
        {t('text')}
      </EmptyState>
    </main>
  );
}

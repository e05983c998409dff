// 403: signed in, but without the role the page asks for, or the panel from a network it does not open from.
import { Lock } from 'lucide-react';
import { getTranslations } from 'next-intl/server';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAdminAddress } from '#lib/accounts/network.ts';
import { currentRemote, currentSession } from './session.ts';

export default async function Forbidden() {
  const t = await getTranslations('ui.forbidden');
  const address = await currentRemote();
  const isStaff = ((await currentSession())?.role ?? 'user') !== 'user';
  const isElsewhere = isStaff && !(await isAdminAddress(address));
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        icon={<Lock />}
        title={t(isElsewhere ? 'networkTitle' : 'title')}
        action={
          <span className="flex gap-2">
            <ButtonLink href="/mail" variant="primary">
              {t('mail')}
            </ButtonLink>
            <ButtonLink href="/logout">{t('other')}</ButtonLink>
          </span>
        }
      >
        {isElsewhere ? t('networkText', { address }) : t('text')}
      </EmptyState>
    </main>
  );
}

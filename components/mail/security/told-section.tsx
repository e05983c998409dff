// What administrators did in the account.
'use client';
import { useTranslations } from 'next-intl';
import type { Told } from '#lib/accounts/told-user.ts';
import { Line, Lines, Section } from './section.tsx';
import { useMoment } from './use-moment.ts';

export function ToldSection({ told }: { told: Told[] }) {
  const t = useTranslations('security.told');
  const tell = useMoment();
  return (
    <Section title={t('title')} help={t('help')}>
      <Lines none="">
        {told.map(({ id, at, reason, actor, remote }) => (
          <Line
            key={id}
            title={t(reason)}
            text={[actor, tell(at), remote].filter(Boolean).join(' · ')}
          />
        ))}
      </Lines>
    </Section>
  );
}

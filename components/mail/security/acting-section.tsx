// When administrators were signed in as the user.
'use client';
import { useTranslations } from 'next-intl';
import { Line, Lines, Section } from './section.tsx';
import { useMoment } from './use-moment.ts';

export function ActingSection({
  times,
}: {
  times: { id: string; at: Date; actor: string; remote: string }[];
}) {
  const t = useTranslations('security.acting');
  const tell = useMoment();
  return (
    <Section title={t('title')} help={t('help')}>
      <Lines none="">
        {times.map(({ id, at, actor, remote }) => (
          <Line
            key={id}
            title={actor}
            text={t('when', { date: tell(at), remote: remote || '–' })}
            action={null}
          />
        ))}
      </Lines>
    </Section>
  );
}

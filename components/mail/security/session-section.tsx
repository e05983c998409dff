// Where the account is signed in, and signing out from afar.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { WebSession } from '#lib/accounts/web-session.ts';
import { describeAgent } from './agent.ts';
import type { Failure } from './password-dialog.tsx';
import { Line, Lines, Section } from './section.tsx';
import { useMoment } from './use-moment.ts';

export function SessionSection({
  sessions,
  currentId,
  end,
  endOthers,
}: {
  sessions: WebSession[];
  currentId: string;
  end: (id: string) => Promise<string | undefined>;
  endOthers: () => Promise<{ ok: { count: number }; error?: undefined } | Failure>;
}) {
  const t = useTranslations('security.sessions');
  const tell = useMoment();
  const router = useRouter();
  const toast = useToast();
  const endAll = async () => {
    const answer = await endOthers();
    if (answer.error !== undefined) return answer.error;
    toast.show({ text: t('othersSignedOut', { count: answer.ok.count }) });
    router.refresh();
    return undefined;
  };
  return (
    <Section
      title={t('title')}
      help={t('help')}
      action={
        sessions.length > 1 && (
          <ActionButton
            action={endAll}
            confirm={{
              title: t('signOutOthers'),
              text: t('signOutOthersText'),
              confirmLabel: t('signOut'),
            }}
          >
            {t('signOutOthers')}
          </ActionButton>
        )
      }
    >
      <Lines none="">
        {sessions.map(({ id, agent, actor, startedAt, lastUsedAt, remote }) => (
          <Line
            key={id}
            title={
              <>
                {describeAgent(agent) || t('unknown')}{' '}
                {actor && <Badge tone="warn">{t('actor', { address: actor })}</Badge>}
                {id === currentId && <Badge tone="ok">{t('this')}</Badge>}
              </>
            }
            text={[
              t('since', { date: tell(startedAt) }),
              t('used', { date: tell(lastUsedAt), remote: remote || '–' }),
            ].join(' · ')}
            action={
              id !== currentId && (
                <ActionButton
                  action={() => end(id)}
                  doneText={t('signedOut')}
                  onDone={() => router.refresh()}
                >
                  {t('signOut')}
                </ActionButton>
              )
            }
          />
        ))}
      </Lines>
    </Section>
  );
}

// An invitation that came by mail: what it asks for, the answer, and the way into the calendar.
'use client';
import { CalendarDays } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { InvitationView } from '#lib/webmail/reader/invitation.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { Attachment } from '#lib/webmail/reader/structure.ts';
import { formatFullDate, formatterOf } from '../dates.ts';
import { errorText, getJson, postJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';

const answers = ['accepted', 'tentative', 'declined'] as const;
const verbs = { accepted: 'accept', tentative: 'tentative', declined: 'decline' } as const;

export function Invitation({
  message,
  attachment,
}: {
  message: MessageView;
  attachment: Attachment;
}) {
  const t = useTranslations('reader.invitation');
  const toast = useToast();
  const [view, setView] = useState<InvitationView | null>(null);
  const [isBroken, setIsBroken] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const { folder, uid } = message;
  const { part } = attachment;
  useEffect(() => {
    const ending = new AbortController();
    getJson<InvitationView>('/api/mail/invitation', { folder, uid, part }, ending.signal)
      .then(setView)
      .catch(() => !ending.signal.aborted && setIsBroken(true));
    return () => ending.abort();
  }, [folder, uid, part]);
  if (isBroken) return <p className="mx-4 mb-2 text-sm text-muted md:mx-6">{t('unreadable')}</p>;
  if (!view) return null;
  const act = (action: string) => {
    setIsBusy(true);
    postJson<InvitationView>('/api/mail/invitation', { folder, uid, part, action })
      .then(setView)
      .catch((error: unknown) => toast.show({ kind: 'error', text: errorText(error) }))
      .finally(() => setIsBusy(false));
  };
  const { kind, kept, mayAnswer } = view;
  const heading =
    kind === 'cancel'
      ? 'cancelled'
      : kind === 'reply'
        ? 'answer'
        : kind === 'publish'
          ? 'event'
          : 'title';
  return (
    <section
      aria-label={t(heading)}
      className="mx-4 mb-3 shrink-0 rounded-md border px-3 py-2.5 md:mx-6 print:hidden"
    >
      <p className="flex items-center gap-2">
        <CalendarDays aria-hidden className="size-4 shrink-0 text-accent-text" />
        <Badge tone={kind === 'cancel' ? 'danger' : 'info'}>{t(heading)}</Badge>
        <span
          className={`min-w-0 font-semibold break-words ${kind === 'cancel' ? 'line-through' : ''}`}
          dir="auto"
        >
          {view.title}
        </span>
      </p>
      <Facts view={view} />
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {mayAnswer &&
          answers.map((answer) => (
            <Button
              key={answer}
              size="sm"
              variant={kept?.answer === answer ? 'primary' : 'secondary'}
              aria-pressed={kept?.answer === answer}
              disabled={isBusy}
              onClick={() => act(answer)}
            >
              {t(verbs[answer])}
            </Button>
          ))}
        {!mayAnswer && kind !== 'reply' && !(kind === 'cancel' && !kept) && (
          <Button
            size="sm"
            disabled={isBusy || (kind === 'publish' && kept !== null)}
            onClick={() => act('import')}
          >
            {t(kind === 'cancel' ? 'remove' : 'add')}
          </Button>
        )}
        <span role="status" className="text-sm text-muted">
          {kept && kind !== 'cancel' && (kept.answer ? t(`answered.${kept.answer}`) : t('filed'))}
        </span>
      </div>
    </section>
  );
}

function Facts({ view }: { view: InvitationView }) {
  const t = useTranslations('reader.invitation');
  const dates = useDateStyle();
  const { startsAt, endsAt, isAllDay, place, organizer, text, recurrence } = view;
  const day = (iso: string) =>
    formatterOf({ ...dates, zone: 'UTC' }, { dateStyle: 'full' }).format(new Date(iso));
  const lastDay = new Date(new Date(endsAt).getTime() - 1).toISOString();
  const when = isAllDay
    ? [...new Set([day(startsAt), day(lastDay)])].join(' – ')
    : `${formatFullDate(startsAt, dates)} – ${formatFullDate(endsAt, dates)}`;
  const lines: [string, string][] = [
    [t('when'), when],
    [t('where'), place],
    [t('organizer'), organizer],
    [t('repeats'), recurrence ? '✓' : ''],
  ];
  return (
    <>
      <dl className="mt-1.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 text-sm">
        {lines
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd dir="auto" className="break-words" suppressHydrationWarning>
                {value}
              </dd>
            </div>
          ))}
      </dl>
      {text && (
        <p
          dir="auto"
          className="mt-1.5 max-h-32 overflow-y-auto text-sm break-words whitespace-pre-wrap"
        >
          {text}
        </p>
      )}
    </>
  );
}

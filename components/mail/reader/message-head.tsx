// Subject, sender, recipients and date of the open message; all of them on request.
'use client';
import { ArrowDown, ChevronDown, CircleAlert } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatBytes } from '#components/ui/format.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { formatFullDate, formatRowDate } from '../dates.ts';
import { fullName } from '../people.ts';
import { usePreferences } from '../state/preferences.tsx';
import { useDateStyle, useNow } from '../use-dates.tsx';
import { ProofLine } from './proof.tsx';

export function MessageHead({
  message,
  hasSubject = true,
  actions,
}: {
  message: MessageView;
  /** False where the conversation has said it already */
  hasSubject?: boolean;
  /** Buttons at the end of the line */
  actions?: ReactNode;
}) {
  const t = useTranslations('reader');
  const { preferences } = usePreferences();
  const [isDetailed, setIsDetailed] = useState(preferences['reading.headers'] !== 'short');
  const dates = useDateStyle();
  const now = useNow();
  const sender = message.from[0];
  const date = message.sentAt ?? message.receivedAt;
  const recipients = [...message.to, ...message.cc, ...message.bcc];
  return (
    <header className="shrink-0 px-4 pt-4 pb-3 md:px-6">
      {hasSubject && (
        <h2 className="mb-3 text-lg leading-7 font-semibold break-words md:text-xl">
          <bdi>{message.subject || t('noSubject')}</bdi>
        </h2>
      )}
      <div className="flex items-start gap-3">
        <Avatar name={sender?.name ?? ''} address={sender?.address || '?'} size="lg" />
        <div className="min-w-0 flex-1">
          <p className="flex items-baseline gap-2">
            <span className="min-w-0 truncate font-semibold" dir="auto">
              {sender?.name || sender?.address || t('unknown')}
            </span>
            {sender?.name && (
              <span
                className="min-w-0 truncate text-sm text-faint max-sm:hidden"
                title={sender.address}
              >
                <bdi>{sender.address}</bdi>
              </span>
            )}
            <time
              dateTime={date}
              title={formatFullDate(date, dates)}
              suppressHydrationWarning
              className="ms-auto shrink-0 text-sm text-muted tabular-nums"
            >
              <span className="max-sm:hidden">{formatFullDate(date, dates)}</span>
              <span className="sm:hidden">{formatRowDate(date, now, dates)}</span>
            </time>
          </p>
          <p className="flex flex-wrap items-center gap-x-3">
            <button
              type="button"
              aria-expanded={isDetailed}
              onClick={() => setIsDetailed(!isDetailed)}
              className="flex max-w-full items-center gap-1 rounded-sm text-sm text-muted hover:text-ink pointer-coarse:min-h-11"
            >
              <span className="truncate" dir="auto">
                {t('head.toLine', { people: namesOf(recipients, t) })}
              </span>
              <ChevronDown
                aria-hidden
                className={joinClasses('size-3.5 shrink-0', isDetailed && 'rotate-180')}
              />
              <span className="sr-only">{t(isDetailed ? 'head.hide' : 'head.show')}</span>
            </button>
            {message.priority !== 'normal' && <PriorityMark priority={message.priority} />}
          </p>
        </div>
        {actions}
      </div>
      {isDetailed && <Details message={message} />}
    </header>
  );
}

function PriorityMark({ priority }: { priority: 'high' | 'low' }) {
  const t = useTranslations('reader.head');
  const isHigh = priority === 'high';
  return (
    <span
      className={joinClasses(
        'flex items-center gap-1 text-sm',
        isHigh ? 'text-danger-text' : 'text-muted',
      )}
    >
      {isHigh ? (
        <CircleAlert aria-hidden className="size-3.5" />
      ) : (
        <ArrowDown aria-hidden className="size-3.5" />
      )}
      {t(priority)}
    </span>
  );
}

function Details({ message }: { message: MessageView }) {
  const t = useTranslations('reader');
  const dates = useDateStyle();
  const locale = useLocale();
  const isOther = (people: Person[]) =>
    people.length > 0 && people.map(fullName).join() !== message.from.map(fullName).join();
  const list = (people: Person[]) => people.map(fullName).join(', ') || t('nobody');
  const { priority, facts } = message;
  const lines: [name: string, value: ReactNode][] = [
    [t('head.from'), list(message.from)],
    ...when(isOther(message.sender), t('head.sentBy'), list(message.sender)),
    ...when(isOther(message.replyTo), t('head.replyTo'), list(message.replyTo)),
    [t('head.to'), list(message.to)],
    ...when(message.cc.length > 0, t('head.cc'), list(message.cc)),
    ...when(message.bcc.length > 0, t('head.bcc'), list(message.bcc)),
    [t('head.date'), message.sentAt ? formatFullDate(message.sentAt, dates) : t('head.noDate')],
    [t('head.received'), formatFullDate(message.receivedAt, dates)],
    [t('head.size'), formatBytes(message.sizeBytes, locale)],
    ...when(
      priority !== 'normal',
      t('head.priority'),
      priority === 'normal' ? '' : t(`head.${priority}`),
    ),
    ...when(facts.mailer !== '', t('head.mailer'), facts.mailer),
    ...when(message.messageId !== '', 'Message-ID', message.messageId),
  ];
  const sender = message.from[0]?.address ?? '';
  return (
    <dl className="mt-3 grid max-h-64 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 overflow-y-auto rounded-md bg-canvas px-3 py-2.5 text-sm">
      {lines.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="break-words select-text" dir="auto">
            {value}
          </dd>
        </div>
      ))}
      {facts.authentication && (
        <div className="contents">
          <dt className="text-muted">{t('head.proof')}</dt>
          <dd>
            <ProofLine authentication={facts.authentication} sender={sender} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function when(isThere: boolean, name: string, value: ReactNode): [string, ReactNode][] {
  return isThere ? [[name, value]] : [];
}

type Translate = ReturnType<typeof useTranslations<'reader'>>;

/** "Ann, Bob, Eve and 3 more" */
export function namesOf(people: readonly Person[], t: Translate, most = 3): string {
  if (people.length === 0) return t('nobody');
  const names = people
    .slice(0, most)
    .map(({ name, address }) => name || address.replace(/@.*/, '') || address)
    .join(', ');
  const count = people.length - most;
  return count > 0 ? t('head.others', { people: names, count }) : names;
}

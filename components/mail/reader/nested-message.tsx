// A message inside a message, as its own: head, text, files, and again messages inside.
'use client';
import { useTranslations } from 'next-intl';
import { type ReactNode, useEffect, useState } from 'react';
import { Spinner } from '#components/ui/spinner.tsx';
import type { NestedView } from '#lib/webmail/reader/message.ts';
import type { Attachment } from '#lib/webmail/reader/structure.ts';
import { formatFullDate } from '../dates.ts';
import { fullName } from '../people.ts';
import { errorText, getJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { FramePlace } from './html-frame.tsx';
import { useLook } from './look.ts';
import { MessageBody } from './message-body.tsx';

export function NestedMessage({
  place,
  part,
  drawFiles,
}: {
  place: FramePlace;
  part: string;
  drawFiles: (attachments: Attachment[]) => ReactNode;
}) {
  const t = useTranslations('reader');
  const dates = useDateStyle();
  // Nobody proved who wrote it: its pictures stay away.
  const look = useLook(null);
  const [view, setView] = useState<NestedView | null>(null);
  const [error, setError] = useState('');
  const { folder, uid } = place;
  useEffect(() => {
    const ending = new AbortController();
    getJson<NestedView>('/api/mail/message', { folder, uid, nested: part }, ending.signal)
      .then(setView)
      .catch((failure: unknown) => {
        if (!ending.signal.aborted) setError(errorText(failure));
      });
    return () => ending.abort();
  }, [folder, uid, part]);
  if (error) return <p className="text-danger-text">{error}</p>;
  if (!view) return <Spinner />;
  const lines = [
    [t('head.from'), view.from.map(fullName).join(', ')],
    [t('head.to'), view.to.map(fullName).join(', ')],
    [t('head.cc'), view.cc.map(fullName).join(', ')],
    [t('head.date'), view.sentAt ? formatFullDate(view.sentAt, dates) : t('head.noDate')],
  ].filter(([, value]) => value !== '');
  return (
    <article aria-label={t('attachments.nested')} className="-mx-4">
      <h3 dir="auto" className="px-4 pb-2 text-lg font-semibold break-words md:px-6">
        {view.subject || t('noSubject')}
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 px-4 pb-3 text-sm md:px-6">
        {lines.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd dir="auto" className="break-words">
              {value}
            </dd>
          </div>
        ))}
      </dl>
      {drawFiles(view.attachments)}
      <MessageBody place={place} bodies={view.bodies} look={look} isStacked />
    </article>
  );
}

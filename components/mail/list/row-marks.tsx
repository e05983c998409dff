// What rows of both layouts show beside names and subjects: marks, counts, dates, the first words. Each text of a message is
// in a box of its own direction that lies at the start of the page: what does not fit is cut at the end of the text, in
// Arabic too.
'use client';
import { AlarmClock, ArrowDown, Flag, Forward, Paperclip, Reply } from 'lucide-react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import type { RowLook } from './row-look.ts';
import type { RowTexts } from './row-texts.ts';

/** What a row is drawn from. */
export type RowParts = { row: MessageRow; look: RowLook; texts: RowTexts; now: Date };

/** The first words, in what the subject leaves of the line. */
export function Preview({ row, look }: { row: MessageRow; look: RowLook }) {
  if (!look.hasPreview || !row.preview) return null;
  return (
    <span className="flex h-[1lh] min-w-0 flex-1 flex-wrap overflow-hidden text-faint">
      {/* What is too narrow for a word goes to a second line, which is not seen. */}
      <span className="h-[1lh] w-0" />
      <span className="flex min-w-16 flex-1 basis-0 gap-1.5">
        <span aria-hidden>—</span>
        <span dir="auto" className="truncate">
          {row.preview}
        </span>
      </span>
    </span>
  );
}

export function UnreadMark({ texts }: { texts: RowTexts }) {
  return (
    <span className="size-2 shrink-0 self-center rounded-full bg-accent">
      <span className="sr-only">{texts.t('unread')} </span>
    </span>
  );
}

/** How many messages a conversation has. */
export function Count({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  const { count = 1 } = row;
  if (count < 2) return null;
  return (
    <span className="ms-1.5 text-xs font-normal text-faint tabular-nums">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{texts.t('messages', { count })}</span>
    </span>
  );
}

export function RowDate({
  iso,
  texts,
  now,
  className,
}: {
  iso: string | null;
  texts: RowTexts;
  now: Date;
  className: string;
}) {
  return (
    <time
      dateTime={iso ?? undefined}
      title={texts.fullDate(iso)}
      suppressHydrationWarning
      className={joinClasses('shrink-0 truncate text-xs tabular-nums', className)}
    >
      {texts.date(iso, now)}
    </time>
  );
}

export function Answered({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  return (
    <>
      {row.isAnswered && (
        <>
          <Reply aria-hidden className="size-3.5 shrink-0 text-faint rtl:-scale-x-100" />
          <span className="sr-only">{texts.t('answered')} </span>
        </>
      )}
      {row.isForwarded && (
        <>
          <Forward aria-hidden className="size-3.5 shrink-0 text-faint rtl:-scale-x-100" />
          <span className="sr-only">{texts.t('forwarded')} </span>
        </>
      )}
      {row.isFlagged && <span className="sr-only">{texts.t('starred')} </span>}
      {row.isDeleted && <span className="sr-only">{texts.t('markedDeleted')} </span>}
      {row.snoozedUntil && (
        <>
          <AlarmClock aria-hidden className="size-3.5 shrink-0 text-warn-text" />
          <span className="sr-only">{texts.t('snoozed')} </span>
        </>
      )}
    </>
  );
}

export function Clip({ texts }: { texts: RowTexts }) {
  return (
    <span className="flex shrink-0 text-faint">
      <Paperclip aria-hidden className="size-3.5" />
      <span className="sr-only">{texts.t('hasAttachments')} </span>
    </span>
  );
}

export function Priority({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  if (row.priority === 'normal') return <span />;
  const isHigh = row.priority === 'high';
  const Icon = isHigh ? Flag : ArrowDown;
  return (
    <span className={joinClasses('flex shrink-0', isHigh ? 'text-danger-text' : 'text-faint')}>
      <Icon aria-hidden className="size-3.5" />
      <span className="sr-only">{texts.t(isHigh ? 'highPriority' : 'lowPriority')} </span>
    </span>
  );
}

// Subject, sender, recipients and date of the open message; all of them on request.
'use client';
import { ChevronDown, Star } from 'lucide-react';
import { useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { formatBytes } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { type DateStyle, formatFullDate, formatRowDate } from '../dates.ts';
import { fullName, nameOf, namesOf } from '../people.ts';
import { useDateStyle } from '../use-dates.tsx';

export function MessageHead({ message, onStar }: { message: MessageView; onStar: () => void }) {
  const [isDetailed, setIsDetailed] = useState(false);
  const dates = useDateStyle();
  const sender = message.from[0];
  const date = message.sentAt ?? message.receivedAt;
  const recipients = [...message.to, ...message.cc, ...message.bcc];
  return (
    <header className="shrink-0 px-4 pt-4 pb-3 md:px-6">
      <div className="flex items-start gap-2">
        <h2
          className="min-w-0 flex-1 text-lg leading-7 font-semibold break-words md:text-xl"
          dir="auto"
        >
          {message.subject || '(no subject)'}
        </h2>
        <IconButton
          label={message.isFlagged ? 'Remove star' : 'Star'}
          icon={<Star className={message.isFlagged ? 'fill-current' : undefined} />}
          className={joinClasses('sm:hidden', message.isFlagged && 'text-warn-text')}
          onClick={onStar}
        />
      </div>
      <div className="mt-3 flex items-start gap-3">
        <Avatar name={sender?.name ?? ''} address={sender?.address || '?'} size="lg" />
        <div className="min-w-0 flex-1">
          <p className="flex items-baseline gap-2">
            <span className="min-w-0 truncate font-semibold" dir="auto">
              {nameOf(sender)}
            </span>
            {sender?.name && (
              <span
                className="min-w-0 truncate text-sm text-faint max-sm:hidden"
                title={sender.address}
              >
                {sender.address}
              </span>
            )}
            <time
              dateTime={date}
              title={formatFullDate(date, dates)}
              suppressHydrationWarning
              className="ml-auto shrink-0 text-sm text-muted tabular-nums"
            >
              <span className="max-sm:hidden">{formatFullDate(date, dates)}</span>
              <span className="sm:hidden">{formatRowDate(date, new Date(), dates)}</span>
            </time>
          </p>
          <button
            type="button"
            aria-expanded={isDetailed}
            onClick={() => setIsDetailed(!isDetailed)}
            className="flex max-w-full items-center gap-1 rounded-sm text-sm text-muted hover:text-ink"
          >
            <span className="truncate" dir="auto">
              to {namesOf(recipients)}
            </span>
            <ChevronDown
              aria-hidden
              className={joinClasses('size-3.5 shrink-0', isDetailed && 'rotate-180')}
            />
            <span className="sr-only">{isDetailed ? 'Hide details' : 'Show details'}</span>
          </button>
        </div>
      </div>
      {isDetailed && <Details message={message} dates={dates} />}
    </header>
  );
}

function Details({ message, dates }: { message: MessageView; dates: DateStyle }) {
  const isOther = (people: Person[]) =>
    people.length > 0 && people.map(fullName).join() !== message.from.map(fullName).join();
  const lines: [string, string][] = [
    ['From', list(message.from)],
    ...(isOther(message.sender) ? [['Sent by', list(message.sender)] as [string, string]] : []),
    ...(isOther(message.replyTo) ? [['Reply to', list(message.replyTo)] as [string, string]] : []),
    ['To', list(message.to)],
    ...(message.cc.length > 0 ? [['Cc', list(message.cc)] as [string, string]] : []),
    ...(message.bcc.length > 0 ? [['Bcc', list(message.bcc)] as [string, string]] : []),
    ['Date', message.sentAt ? formatFullDate(message.sentAt, dates) : 'none given'],
    ['Received', formatFullDate(message.receivedAt, dates)],
    ['Size', formatBytes(message.sizeBytes)],
    ...(message.messageId ? [['Message-ID', message.messageId] as [string, string]] : []),
  ];
  return (
    <dl className="mt-3 grid max-h-64 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 overflow-y-auto rounded-md bg-canvas px-3 py-2.5 text-sm">
      {lines.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="break-words select-text" dir="auto">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function list(people: Person[]): string {
  return people.map(fullName).join(', ') || '(nobody)';
}

// The foot of the pane: the ways to the other pages, how full the mailbox is, and when the list was fetched or what time it
// is; and the refreshing that a person asked for beside what the server tells by itself.
'use client';
import { BookUser, CalendarDays, SlidersHorizontal } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '#components/ui/format.ts';
import type { Quota } from '#lib/webmail/folders/quota.ts';
import { formatTime } from '../dates.ts';
import { usePreferences } from '../state/preferences.tsx';
import { getJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';
import { useDateStyle } from '../use-dates.tsx';

const minuteMs = 60_000;
const places = [
  { page: 'contacts', Icon: BookUser },
  { page: 'calendar', Icon: CalendarDays },
  { page: 'options', Icon: SlidersHorizontal },
] as const;

export function PaneFoot({ mail }: { mail: Mail }) {
  const { preferences } = usePreferences();
  useAutoRefresh(mail, preferences['folders.refresh']);
  return (
    <>
      <OtherPages />
      <div className="flex flex-col gap-1 px-4.5 pb-3 text-xs text-muted empty:hidden">
        {preferences['folders.quota'] && <QuotaBar />}
        {preferences['folders.clock'] !== 'none' && (
          <Clock mail={mail} kind={preferences['folders.clock']} />
        )}
      </div>
    </>
  );
}

/** Full loads, as the pages of the frame do not share the state of the mail page. */
function OtherPages() {
  const t = useTranslations('ui.frame');
  return (
    <nav aria-label={t('pages')} className="border-t px-2 py-1.5">
      <ul className="flex gap-x-1">
        {places.map(({ page, Icon }) => (
          <li key={page} className="min-w-0 flex-auto">
            <a
              href={`/${page}`}
              className="flex h-11 flex-col items-center justify-center gap-1 rounded-md text-xs text-muted hover:bg-hover hover:text-ink"
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              <span className="max-w-full truncate px-0.5">{t(page)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useAutoRefresh({ refresh }: Mail, minutes: string): void {
  useEffect(() => {
    if (minutes === 'live') return;
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, Number(minutes) * minuteMs);
    return () => clearInterval(timer);
  }, [refresh, minutes]);
}

function QuotaBar() {
  const t = useTranslations('folders');
  const locale = useLocale();
  const [quota, setQuota] = useState<Quota | null>(null);
  useEffect(() => {
    const read = () =>
      void getJson<{ quota: Quota | null }>('/api/mail/quota').then(
        (answer) => setQuota(answer.quota),
        () => {},
      );
    // Not among the first requests of the page: it is the least of its news.
    const first = setTimeout(read, 1500);
    const timer = setInterval(() => !document.hidden && read(), 5 * minuteMs);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, []);
  if (!quota) return null;
  const isOfBytes = quota.limitBytes > 0;
  const [used, limit] = isOfBytes
    ? [quota.usedBytes, quota.limitBytes]
    : [quota.usedMessages, quota.limitMessages];
  const percent = Math.min(100, Math.round((used / limit) * 100));
  const text = isOfBytes
    ? t('quota.bytes', { used: formatBytes(used, locale), limit: formatBytes(limit, locale) })
    : t('quota.messages', { used, limit });
  return (
    <div>
      <p className="flex justify-between gap-2 tabular-nums">
        <span>{text}</span>
        <span className={percent >= 90 ? 'font-semibold text-danger-text' : undefined}>
          {percent} %
        </span>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a meter as they like */}
      <div
        role="meter"
        aria-label={t('quota.label')}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={text}
        className="mt-1 h-1 overflow-hidden rounded-full bg-pressed"
      >
        <svg aria-hidden="true" className="block size-full rtl:-scale-x-100">
          <rect
            width={`${percent}%`}
            height="100%"
            className={percent >= 90 ? 'fill-danger' : 'fill-accent'}
          />
        </svg>
      </div>
    </div>
  );
}

function Clock({ mail, kind }: { mail: Mail; kind: 'refreshed' | 'time' }) {
  const t = useTranslations('folders');
  const style = useDateStyle();
  const [now, setNow] = useState<string | null>(null);
  const [refreshedAt, setRefreshedAt] = useState<string | null>(null);
  const { list, folders } = mail;
  const known = useRef<unknown>(null);
  useEffect(() => {
    if (list && known.current !== list && folders) setRefreshedAt(new Date().toISOString());
    known.current = list;
  }, [list, folders]);
  useEffect(() => {
    const tick = () => setNow(new Date().toISOString());
    tick();
    const timer = setInterval(tick, 10_000);
    return () => clearInterval(timer);
  }, []);
  const shown = kind === 'time' ? now : refreshedAt;
  if (!shown) return null;
  const time = formatTime(shown, style);
  return <p className="tabular-nums">{kind === 'time' ? time : t('refreshed', { time })}</p>;
}

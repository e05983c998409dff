// Names, dates and sizes of a row in words.
'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useMemo, useRef } from 'react';
import { formatBytes } from '#components/ui/format.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { MessageRow, Person } from '#lib/webmail/list/message-list.ts';
import {
  type DateStyle,
  dayOf,
  formatFullDate,
  formatRowDate,
  formatTime,
  formatterOf,
} from '../dates.ts';
import { useFolderName } from '../state/use-folder-name.ts';
import { cut, type RowLook } from './row-look.ts';

const mostNames = 3;

export type RowTexts = ReturnType<typeof useRowTexts>;

export function useRowTexts(look: RowLook, folders: readonly Folder[]) {
  const t = useTranslations('list');
  const locale = useLocale();
  const nameOf = useFolderName();
  // Counts in it change all the time; no row draws again because of them.
  const known = useRef(folders);
  known.current = folders;
  return useMemo(() => {
    const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    const shortName = ({ name, address }: Person) =>
      (!look.areAddresses && name) ||
      (look.areAddresses ? address : address.replace(/@.*/, '')) ||
      address;
    const names = (people: readonly Person[], most = mostNames) => {
      if (people.length === 0) return t('nobody');
      const shown = people.slice(0, most).map(shortName).join(', ');
      const count = people.length - most;
      return cut(count > 0 ? t('andMore', { names: shown, count }) : shown, look.fromLength);
    };
    return {
      t,
      names,
      /** Whom a row names: who wrote it, or to whom in folders of own mail; in a conversation all who took part */
      who: (row: MessageRow) => {
        if (look.isOutgoing) return t('to', { names: names([...row.to, ...row.cc]) });
        const people = row.participants?.length ? row.participants : row.from;
        return names(people);
      },
      /** The folder of a row, in a list of several; '' in a list of one */
      place: (row: MessageRow) => {
        const folder = known.current.find(({ path }) => path === row.folder);
        return folder ? nameOf(folder) : (row.folder ?? '');
      },
      subject: (row: MessageRow) => cut(row.subject || t('noSubject'), look.subjectLength),
      date: (iso: string | null, now: Date) => (iso ? writeDate(iso, now, look, ago) : ''),
      fullDate: (iso: string | null) => (iso ? formatFullDate(iso, look.style) : ''),
      size: (bytes: number) => formatBytes(bytes, locale),
    };
  }, [t, locale, look, nameOf]);
}

function writeDate(
  iso: string,
  now: Date,
  { dates, style, mode, density }: RowLook,
  ago: Intl.RelativeTimeFormat,
): string {
  switch (dates) {
    case 'iso':
      return writeIso(iso, style);
    case 'full':
      return formatFullDate(iso, style);
    case 'relative':
      return writeAgo(iso, now, style, ago);
    default:
      // One line of a narrow list has no room for the hour of another day.
      return formatRowDate(iso, now, style, mode === 'card' && density === 'compact');
  }
}

/** "2026-05-03 14:05" in the person's zone. */
export function writeIso(iso: string, style: DateStyle): string {
  const date = new Date(iso);
  const time = formatterOf(
    { ...style, locale: 'sv-SE', hours: '24' },
    { hour: '2-digit', minute: '2-digit' },
  );
  return `${dayOf(date, style)} ${time.format(date)}`;
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "5 min. ago" within a week, the day before that. */
export function writeAgo(
  iso: string,
  now: Date,
  style: DateStyle,
  ago: Intl.RelativeTimeFormat,
): string {
  const ageMs = now.getTime() - new Date(iso).getTime();
  if (ageMs < 0 || ageMs >= 7 * 86_400_000) return formatRowDate(iso, now, style);
  const [unit, unitMs] = steps.find(([, each]) => ageMs >= each) ?? (['minute', 60_000] as const);
  return ageMs < 60_000 ? formatTime(iso, style) : ago.format(-Math.floor(ageMs / unitMs), unit);
}

// How an original is cited: the line that introduces it, its lines with a prefix, the head of what is forwarded. Pure.
import type { Person } from '../list/message-list.ts';

/** Words in the user's language; {date}, {name} and {address} are filled in. */
export type CitationWords = {
  dateAuthor: string;
  author: string;
  forwarded: string;
  from: string;
  date: string;
  subject: string;
  to: string;
  cc: string;
};
export type CitationStyle = 'date-author' | 'author' | 'none' | 'own';
export type Cited = {
  from: Person[];
  to: Person[];
  cc: Person[];
  subject: string;
  /** ISO */
  date: string;
};
export type Place = { locale: string; zone: string };

const maxQuoteLength = 200_000;

/** "On 3 May 2026, 12:05, Bob wrote:", or empty. */
export function attributionOf(
  cited: Cited,
  style: CitationStyle,
  own: string,
  words: CitationWords,
  place: Place,
): string {
  if (style === 'none') return '';
  const pattern = { 'date-author': words.dateAuthor, author: words.author, own }[style];
  const who = cited.from[0];
  const values: Record<string, string> = {
    date: formatDay(cited.date, place),
    name: who?.name || who?.address || '?',
    address: who?.address || '',
  };
  return pattern.replace(/\{(date|name|address)\}/g, (_, key: string) => values[key] ?? '');
}

/** Each line behind the prefix. What is quoted already gets the bare mark, so that marks stand together. */
export function quoteLines(text: string, prefix: string): string {
  const mark = prefix.trimEnd();
  return text
    .split('\n')
    .map((line) => {
      if (mark === '>' && line.startsWith('>')) return `>${line}`;
      return line === '' ? mark : prefix + line;
    })
    .join('\n');
}

/** Without the signature of the one who is quoted and without blank lines around. */
export function cutOriginal(text: string, isSignatureCut: boolean): string {
  const lines = text.replace(/\r\n?/g, '\n').slice(0, maxQuoteLength).split('\n');
  const mark = isSignatureCut ? lines.findLastIndex((line) => /^-- ?$/.test(line)) : -1;
  return (mark > 0 ? lines.slice(0, mark) : lines).join('\n').trim();
}

/** The lines that stand above a forwarded text. */
export function forwardHead(cited: Cited, words: CitationWords, place: Place): string[] {
  return [
    `---------- ${words.forwarded} ----------`,
    `${words.from}: ${formatPeople(cited.from)}`,
    `${words.date}: ${formatDay(cited.date, place)}`,
    `${words.subject}: ${cited.subject}`,
    `${words.to}: ${formatPeople(cited.to)}`,
    ...(cited.cc.length > 0 ? [`${words.cc}: ${formatPeople(cited.cc)}`] : []),
  ];
}

function formatPeople(people: Person[]): string {
  return people
    .map((each) => (each.name ? `${each.name} <${each.address}>` : each.address))
    .join(', ');
}

function formatDay(iso: string, { locale, zone }: Place): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  // British order reads well in English everywhere.
  const language = locale === 'en' ? 'en-GB' : locale;
  const date = new Date(iso);
  const isUtc = zone === 'UTC';
  try {
    const text = new Intl.DateTimeFormat(language, { ...options, timeZone: zone }).format(date);
    return isUtc ? `${text} UTC` : text;
  } catch {
    return `${new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(date)} UTC`;
  }
}

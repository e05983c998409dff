// Dates as the webmail shows them, in the person's language, zone and habits. Pure; components take their style from
// useDateStyle() (use-dates.ts).

/** How a person wants dates; `zone` undefined is the browser's own. */
export type DateStyle = {
  /** BCP 47, with a region where the browser says one */
  locale: string;
  zone: string | undefined;
  hours: 'auto' | '12' | '24';
  format: 'auto' | 'iso' | 'dots' | 'day-first' | 'month-first';
  /** 0 = Sunday */
  firstWeekday: number;
};

const dayMs = 24 * 3600_000;

/** A format of Intl in the person's style; they are costly to make and few. */
export function formatterOf(
  { locale, zone, hours }: DateStyle,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const whole: Intl.DateTimeFormatOptions = { ...options };
  if (zone) whole.timeZone = zone;
  // h23, not hour12: some languages would write 24:00.
  if (hours !== 'auto' && (options.hour || options.timeStyle)) {
    whole.hourCycle = hours === '12' ? 'h12' : 'h23';
  }
  const key = `${locale} ${JSON.stringify(whole)}`;
  let format = formatters.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, whole);
    if (formatters.size > 100) formatters.clear();
    formatters.set(key, format);
  }
  return format;
}
const formatters = new Map<string, Intl.DateTimeFormat>();

/** "14:05" today, "Tue 14:05" this week ("Tue" where it is to be short), "3 May" this year, else "3 May 2024". */
export function formatRowDate(iso: string, now: Date, style: DateStyle, isShort = false): string {
  const date = new Date(iso);
  if (!(date.getTime() > 0)) return '';
  if (dayOf(date, style) === dayOf(now, style)) return formatTime(iso, style);
  const ageMs = now.getTime() - date.getTime();
  if (ageMs > 0 && ageMs < 6 * dayMs) {
    const weekday = formatterOf(style, { weekday: 'short' }).format(date);
    return isShort ? weekday : `${weekday} ${formatTime(iso, style)}`;
  }
  if (dayOf(date, style).slice(0, 4) === dayOf(now, style).slice(0, 4) && style.format === 'auto') {
    return formatterOf(style, { day: 'numeric', month: 'short' }).format(date);
  }
  return formatDay(iso, style);
}

/** "Tue, 3 May 2026, 14:05"; `none` where there is no date. */
export function formatFullDate(iso: string, style: DateStyle, none = ''): string {
  const date = new Date(iso);
  if (!(date.getTime() > 0)) return none;
  if (style.format === 'auto') {
    const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
    const hour = style.hours === '24' ? '2-digit' : 'numeric';
    return formatterOf(style, { ...options, hour, minute: '2-digit' }).format(date);
  }
  const weekday = formatterOf(style, { weekday: 'short' }).format(date);
  return `${weekday} ${formatDay(iso, style)} ${formatTime(iso, style)}`;
}

/** "14:05" or "2:05 PM" */
export function formatTime(iso: string, style: DateStyle): string {
  const date = new Date(iso);
  if (style.hours === 'auto') return formatterOf(style, { timeStyle: 'short' }).format(date);
  const hour = style.hours === '12' ? 'numeric' : '2-digit';
  return formatterOf(style, { hour, minute: '2-digit' }).format(date);
}

/** "3 May 2026", or in the digits the person chose. */
export function formatDay(iso: string, style: DateStyle): string {
  const date = new Date(iso);
  if (style.format === 'auto') {
    return formatterOf(style, { day: 'numeric', month: 'short', year: 'numeric' }).format(date);
  }
  const [year, month, day] = dayOf(date, style).split('-');
  const orders = {
    iso: `${year}-${month}-${day}`,
    dots: `${day}.${month}.${year}`,
    'day-first': `${day}/${month}/${year}`,
    'month-first': `${month}/${day}/${year}`,
  };
  return orders[style.format];
}

/** The calendar day in the person's zone, "2026-05-03": for comparing and for groups. */
export function dayOf(date: Date, { zone }: Pick<DateStyle, 'zone'>): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const plain = { locale: 'sv-SE', zone, hours: 'auto', format: 'auto', firstWeekday: 1 } as const;
  return formatterOf(plain, options).format(date);
}

/** 0 (Sunday) to 6 of the first day of a week where `locale` is spoken (CLDR weekData, what browsers do not all tell). */
export function firstWeekdayOf(locale: string): number {
  const { language, region } = new Intl.Locale(locale).maximize();
  if (language === 'ar') return region && mondayArab.has(region) ? 1 : 6;
  if (region && sundayRegions.has(region)) return 0;
  return language === 'am' ? 0 : 1;
}
const mondayArab = new Set(['MA', 'TN', 'LB', 'MR']);
const sundayRegions = new Set([
  ...['US', 'CA', 'MX', 'BR', 'CO', 'GT', 'HN', 'NI', 'PA', 'PE', 'PR', 'SV', 'VE', 'DO', 'PY'],
  ...['JP', 'KR', 'TW', 'HK', 'IN', 'IL', 'ET', 'KE', 'PH', 'SG', 'ZA', 'TH'],
]);

// Numbers and sizes for people.

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

const unitNames = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** 52428800 → "50 MB" (1 KB = 1024 bytes); in French "50 Mo". `locale` is a BCP 47 tag. */
export function formatBytes(bytes: number, locale = 'en'): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = value < 10 && unit > 0 && !Number.isInteger(value) ? 1 : 0;
  if (/^en\b/.test(locale)) return `${value.toFixed(digits)} ${units[unit]}`;
  const style = { style: 'unit', unit: unitNames[unit], unitDisplay: 'short' } as const;
  return new Intl.NumberFormat(locale, { ...style, maximumFractionDigits: digits }).format(value);
}

/** 12345 → "12,345" */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** (1, 'user') → "1 user"; (2, 'user') → "2 users" */
export function formatPlural(count: number, word: string, plural = `${word}s`): string {
  return `${formatCount(count)} ${count === 1 ? word : plural}`;
}

/** As formatBytes, but never rounded, so that it can be edited and read back: 52428801 → "52428801". */
export function formatExactBytes(bytes: number): string {
  const text = formatBytes(bytes);
  const [value = '', unit = ''] = text.split(' ');
  return Number(value) * 1024 ** units.indexOf(unit) === bytes ? text : String(bytes);
}

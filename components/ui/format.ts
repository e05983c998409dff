// Numbers and sizes for people.

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** 52428800 → "50 MB" (1 KB = 1024 bytes). */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = value < 10 && unit > 0 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
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

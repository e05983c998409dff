// Sizes as people write them.

const units = ['', 'K', 'M', 'G', 'T'];

/** "20M", "1.5 GB", "1048576" → bytes; NaN for anything else. */
export function parseBytes(text: string): number {
  const match = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text);
  if (!match) return Number.NaN;
  return Math.round(Number(match[1]) * 1024 ** units.indexOf((match[2] ?? '').toUpperCase()));
}

/** Never rounded: 20971520 → "20 MB", 20971521 → "20971521". */
export function writeBytes(bytes: number): string {
  const fits = units.findLastIndex((_, power) => bytes > 0 && bytes % 1024 ** power === 0);
  return fits > 0 ? `${bytes / 1024 ** fits} ${units[fits]}B` : String(bytes);
}

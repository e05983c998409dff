// UIDs as an IMAP sequence set (RFC 9051 §9 sequence-set): "1:3,7,9:12".

/** Compact set of ascending ranges; '' for no UID. */
export function formatUidSet(uids: readonly number[]): string {
  const sorted = [...new Set(uids)].sort((a, b) => a - b);
  const ranges: string[] = [];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    ranges.push(end === i ? `${sorted[i]}` : `${sorted[i]}:${sorted[end]}`);
    i = end + 1;
  }
  return ranges.join(',');
}

/** True for what may stand as a UID: a whole number from 1 to 2^32-1. */
export function isUid(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0xffffffff;
}

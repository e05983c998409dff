// What was done with a backup, in a sentence: the terminal and the panel say the same.
import { Refusal } from '#lib/errors.ts';
import type { Pruned } from './prune-backup.ts';
import type { RestoredUser } from './restore-user.ts';
import type { Report } from './take-backup.ts';
import type { Verified } from './verify-backup.ts';

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

export const storedBytes = ({ bodies, rows }: Report): number =>
  bodies.storedBytes + rows.storedBytes;

/** Refusal 'unavailable', with the same words, where the store has lost bodies: the snapshot is there nevertheless. */
export function describeTaken(report: Report): string {
  const { name, totals, bodies, lost } = report;
  const text = `Snapshot ${name}: ${totals.accounts} users, ${totals.messages} messages. New: ${bodies.objects} bodies, ${formatBytes(storedBytes(report))} in all.`;
  const [first] = lost;
  if (!first) return text;
  throw new Refusal(
    'unavailable',
    `${text}\nBut the store has lost the bodies of ${lost.length} messages, the first of ${first.address || 'the queue'} (UID ${first.uid}): they are not in the backup. Run "drey check".`,
  );
}

export function describeVerified({
  snapshots,
  chunks,
  bodies,
  faultCount,
}: Omit<Verified, 'faults'>): string {
  return faultCount === 0
    ? `All is well: ${snapshots} snapshots, ${chunks} chunks, ${bodies} bodies.`
    : `${faultCount} things are wrong.`;
}

export function describePruned({ removed, kept, freedBytes }: Pruned): string {
  return `Removed ${removed.length} snapshots, kept ${kept}; ${formatBytes(freedBytes)} became free.`;
}

export function describeRestored(user: string, restored: RestoredUser): string {
  const { name, isWhole, mailboxes, messages, skipped } = restored;
  const what = isWhole
    ? `${user} is back with ${mailboxes.length} mailboxes and ${messages} messages`
    : `${messages} messages and ${mailboxes.length} mailboxes that were missing are back`;
  return `From ${name}: ${what}.${formatSkipped(skipped)}`;
}

export function formatSkipped(skipped: string[]): string {
  if (skipped.length === 0) return '';
  const shown = skipped.slice(0, 20).join('\n  ');
  return `\nLeft out, as the backup has lost them: ${skipped.length}\n  ${shown}`;
}

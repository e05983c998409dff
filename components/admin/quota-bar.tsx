// How full a mailbox is: the number always, the bar where there is a limit.
import { joinClasses } from '#components/ui/class-names.ts';
import { formatBytes } from '#components/ui/format.ts';

/** `limit` in bytes; 0 = none. */
export function QuotaBar({ used, limit }: { used: number; limit: number }) {
  const share = limit > 0 ? Math.min(used / limit, 1) : 0;
  return (
    <span className="block w-36">
      <span className="block text-sm whitespace-nowrap text-muted tabular-nums">
        {formatBytes(used)}
        {limit > 0 && ` of ${formatBytes(limit)}`}
      </span>
      {limit > 0 && (
        <span aria-hidden className="mt-1 block h-1 overflow-hidden rounded-full bg-pressed">
          <span
            className={joinClasses(
              'block h-full rounded-full',
              share > 0.95 ? 'bg-danger' : share > 0.8 ? 'bg-warn-text' : 'bg-accent',
            )}
            style={{ width: `${(share * 100).toFixed(1)}%` }}
          />
        </span>
      )}
    </span>
  );
}

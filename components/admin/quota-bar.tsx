// How full a mailbox or a domain is: the number always, the bar where there is a limit.
import { joinClasses } from '#components/ui/class-names.ts';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { ShareBar } from '#components/ui/share-bar.tsx';

const formats = { bytes: formatBytes, messages: formatCount };

/** `limit` 0 = none. Coloured from where people are warned by mail: 80 and 95 %. */
export function QuotaBar({
  used,
  limit,
  unit = 'bytes',
}: {
  used: number;
  limit: number;
  unit?: 'bytes' | 'messages';
}) {
  const share = limit > 0 ? Math.min(used / limit, 1) : 0;
  const format = formats[unit];
  return (
    <span className={joinClasses('block', unit === 'bytes' ? 'w-36' : 'w-28')}>
      <span className="block text-sm whitespace-nowrap text-muted tabular-nums">
        {format(used)}
        {limit > 0 && ` of ${format(limit)}`}
      </span>
      {limit > 0 && (
        <span className="mt-1 block">
          <ShareBar
            share={share}
            className={
              share >= 0.95 ? 'fill-danger' : share >= 0.8 ? 'fill-warn-text' : 'fill-accent'
            }
          />
        </span>
      )}
    </span>
  );
}

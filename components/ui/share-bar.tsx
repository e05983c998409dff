// A bar in a table: how large a part of the largest, or how full.
import { joinClasses } from './class-names.ts';

/** `share` from 0 to 1; what it says stands beside it as a number. */
export function ShareBar({
  share,
  className = 'fill-accent',
  label,
}: {
  share: number;
  /** Of what is filled */
  className?: string;
  label?: string;
}) {
  const part = Math.min(Math.max(share, 0), 1);
  // Drawn, for a page from the server may have no style attributes.
  return (
    <svg
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      className="block h-1 w-full rounded-full bg-pressed"
    >
      <rect
        width={`${(part * 100).toFixed(1)}%`}
        height="100%"
        rx="2"
        className={joinClasses(className)}
      />
    </svg>
  );
}

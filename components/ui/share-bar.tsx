// A bar in a table: how large a part of the largest, or how full. What it says stands beside it as a number.

/** `share` from 0 to 1; `className` colours what is filled. */
export function ShareBar({
  share,
  className = 'fill-accent',
}: {
  share: number;
  className?: string;
}) {
  const part = Math.min(Math.max(share, 0), 1);
  // Drawn, for a page from the server may have no style attributes.
  return (
    <svg aria-hidden="true" className="block h-1 w-full rounded-full bg-pressed">
      <rect width={`${(part * 100).toFixed(1)}%`} height="100%" rx="2" className={className} />
    </svg>
  );
}

// The mark: an acorn. The same shape as public/icon.svg.

export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="7" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2" strokeLinejoin="round">
        <path d="M16 9.5V7.2c0-.9.5-1.6 1.4-2" strokeLinecap="round" />
        <path d="M8 14.5c0-3 2.8-5 8-5s8 2 8 5c0 1-.6 1.5-1.5 1.5h-13C8.600 16 8 15.500 8 14.500Z" />
        <path d="M9.500 16c0 5.200 2.900 8.200 6.500 10.500 3.600-2.300 6.500-5.300 6.500-10.500" />
      </g>
    </svg>
  );
}

// A number on the overview that leads to its page.
import Link from 'next/link';
import { formatCount } from '#components/ui/format.ts';

export function Figure({
  href,
  value,
  label,
  note,
}: {
  href: string;
  value: number;
  label: string;
  note?: string;
}) {
  return (
    <Link
      href={href}
      className="rounded-lg border bg-surface px-4 py-3 transition-colors duration-100 hover:border-line-strong"
    >
      <span className="block text-2xl font-semibold tracking-tight tabular-nums">
        {formatCount(value)}
      </span>
      <span className="block text-sm text-muted">
        {label}
        {note && <span className="text-warn-text"> · {note}</span>}
      </span>
    </Link>
  );
}

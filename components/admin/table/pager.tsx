// "51–100 of 230" below a long list, with the ways to its other pages.
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { ButtonLink } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/format.ts';

export function Pager({
  page,
  list,
  pageSize,
}: {
  page: {
    rows: readonly unknown[];
    total: number;
    isTotalCut: boolean;
    previous: string | null;
    next: string | null;
  };
  list: { first: number; hrefOf(changed: Record<string, string | number>): string };
  pageSize: number;
}) {
  const { rows, total, isTotalCut, previous, next } = page;
  if (!previous && !next) return null;
  const first = previous ? list.first : 1;
  const all = `${isTotalCut ? 'more than ' : ''}${formatCount(total)}`;
  const range = `${formatCount(first)}–${formatCount(first + rows.length - 1)}`;
  return (
    <nav
      aria-label="Pages"
      className="mt-3 flex flex-wrap items-center justify-end gap-2 text-sm text-muted"
    >
      <span className="me-1 tabular-nums">
        {range} of {all}
      </span>
      {previous && (
        <>
          <ButtonLink href={list.hrefOf({})} size="sm" aria-label="First page">
            <ChevronFirst aria-hidden className="size-4" />
          </ButtonLink>
          <ButtonLink
            href={list.hrefOf({ before: previous, n: Math.max(1, first - pageSize) })}
            size="sm"
            icon={<ChevronLeft className="size-4" />}
          >
            Previous
          </ButtonLink>
        </>
      )}
      {next && (
        <>
          <ButtonLink href={list.hrefOf({ after: next, n: first + rows.length })} size="sm">
            Next <ChevronRight aria-hidden className="size-4" />
          </ButtonLink>
          <ButtonLink
            href={list.hrefOf({ before: 'end', n: Math.max(1, total - pageSize + 1) })}
            size="sm"
            aria-label="Last page"
          >
            <ChevronLast aria-hidden className="size-4" />
          </ButtonLink>
        </>
      )}
    </nav>
  );
}

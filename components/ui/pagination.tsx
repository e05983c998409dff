// "51–100 of 230" with links to the neighbouring pages.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { ButtonLink } from './button.tsx';
import { formatCount } from './format.ts';

export function Pagination({
  page,
  pageSize,
  total,
  hrefOf,
}: {
  /** From 1 */
  page: number;
  pageSize: number;
  total: number;
  hrefOf: (page: number) => string;
}) {
  if (total <= pageSize && page === 1) return null;
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total);
  const pages = Math.ceil(total / pageSize);
  return (
    <nav aria-label="Pages" className="mt-3 flex items-center justify-end gap-2 text-sm text-muted">
      <span className="mr-1">
        {total === 0 ? '0' : `${formatCount(first)}–${formatCount(last)}`} of {formatCount(total)}
      </span>
      {page > 1 && (
        <ButtonLink href={hrefOf(page - 1)} size="sm" icon={<ChevronLeft className="size-4" />}>
          Previous
        </ButtonLink>
      )}
      {page < pages && (
        <ButtonLink href={hrefOf(page + 1)} size="sm">
          Next <ChevronRight aria-hidden className="size-4" />
        </ButtonLink>
      )}
    </nav>
  );
}

// "51–100 of 230" with links to the neighbouring pages.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { ButtonLink } from './button.tsx';

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
  const t = useTranslations('ui.pages');
  if (total <= pageSize && page === 1) return null;
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total);
  const pages = Math.ceil(total / pageSize);
  return (
    <nav
      aria-label={t('label')}
      className="mt-3 flex items-center justify-end gap-2 text-sm text-muted"
    >
      <span className="me-1">{total === 0 ? t('none') : t('range', { first, last, total })}</span>
      {page > 1 && (
        <ButtonLink
          href={hrefOf(page - 1)}
          size="sm"
          icon={<ChevronLeft className="size-4 rtl:-scale-x-100" />}
        >
          {t('previous')}
        </ButtonLink>
      )}
      {page < pages && (
        <ButtonLink href={hrefOf(page + 1)} size="sm">
          {t('next')} <ChevronRight aria-hidden className="size-4 rtl:-scale-x-100" />
        </ButtonLink>
      )}
    </nav>
  );
}

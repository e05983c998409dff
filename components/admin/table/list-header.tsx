// The top of a page that is one long list: its name, how many the filter finds, the list as a file, and what can be added.
import type { ReactNode } from 'react';
import { formatCount } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { ExportLink } from './export-link.tsx';

export function ListHeader({
  title,
  description,
  total,
  isTotalCut = false,
  isFiltered = false,
  exportHref,
  children,
}: {
  title: string;
  description: ReactNode;
  total: number;
  /** There are more, and nobody has counted how many. */
  isTotalCut?: boolean;
  isFiltered?: boolean;
  /** Of the file with what the filter finds, where the list is one */
  exportHref?: string;
  /** Further buttons, the main one last */
  children?: ReactNode;
}) {
  const count = `${isTotalCut ? 'more than ' : ''}${formatCount(total)}`;
  return (
    <PageHeader
      title={title}
      count={total > 0 ? `${count}${isFiltered ? ' found' : ''}` : undefined}
      description={description}
      action={
        <>
          {total > 0 && exportHref && <ExportLink href={exportHref} />}
          {children}
        </>
      }
    />
  );
}

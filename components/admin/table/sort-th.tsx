// The heading of a column by which a list can be put in order: a click once, and again for the other way round.
import { ArrowDown, ArrowUp } from 'lucide-react';
import { AppLink } from '#components/ui/app-link.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { Th } from '#components/ui/table.tsx';

export function SortTh<O extends string>({
  order,
  list,
  isFallingFirst = false,
  className,
  children,
}: {
  order: O;
  list: { order: O; isDescending: boolean; hrefOf(changed: Record<string, string>): string };
  /** Of sizes and times the largest are wanted first. */
  isFallingFirst?: boolean;
  className?: string;
  children: string;
}) {
  const isActive = list.order === order;
  const isFalling = isActive ? !list.isDescending : isFallingFirst;
  const Arrow = list.isDescending ? ArrowDown : ArrowUp;
  return (
    <Th
      aria-sort={isActive ? (list.isDescending ? 'descending' : 'ascending') : undefined}
      className={className}
    >
      <AppLink
        href={list.hrefOf({ sort: isFalling ? `-${order}` : order })}
        className={joinClasses(
          'inline-flex items-center gap-1 rounded-sm hover:text-ink',
          isActive && 'text-ink',
        )}
      >
        {children}
        {isActive && <Arrow aria-hidden className="size-3.5" />}
      </AppLink>
    </Th>
  );
}

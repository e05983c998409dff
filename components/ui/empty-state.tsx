// What stands where there is nothing: one line, why, and the next step.
import type { ReactNode } from 'react';
import { joinClasses } from './class-names.ts';

export function EmptyState({
  icon,
  title,
  children,
  action,
  isBoxed = false,
  className,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Stands on the page itself, where a table would */
  isBoxed?: boolean;
  className?: string;
}) {
  return (
    <div
      className={joinClasses(
        'flex flex-col items-center justify-center gap-1.5 px-6 py-12 text-center',
        isBoxed && 'rounded-lg border bg-surface',
        className,
      )}
    >
      {icon && (
        <span aria-hidden className="mb-1 text-faint [&_svg]:size-7 [&_svg]:stroke-[1.4]">
          {icon}
        </span>
      )}
      <p className="font-medium">{title}</p>
      {children && <div className="max-w-md text-muted">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}

// What stands where there is nothing: one line, why, and the next step.
import type { ReactNode } from 'react';
import { joinClasses } from './class-names.ts';

export function EmptyState({
  icon,
  title,
  children,
  action,
  className,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      className={joinClasses(
        'flex flex-col items-center justify-center gap-1.5 px-6 py-12 text-center',
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

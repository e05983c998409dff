// The top of a page: name, how many there are, one sentence, the main action.
import type { ReactNode } from 'react';

export function PageHeader({
  title,
  count,
  description,
  action,
  back,
}: {
  title: ReactNode;
  /** How many the page lists: "12", "3 found" */
  count?: string;
  description?: ReactNode;
  action?: ReactNode;
  /** A link to the list above. */
  back?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-56">
        {back && <div className="mb-1 text-sm wrap-anywhere text-muted">{back}</div>}
        <div className="flex flex-wrap items-baseline gap-x-2.5">
          <h1 className="text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {count && <span className="text-muted tabular-nums">{count}</span>}
        </div>
      </div>
      {/* Beside the name where there is room; on a phone below the sentence. */}
      {action && <div className="order-last flex flex-wrap gap-2 sm:order-none">{action}</div>}
      {description && (
        <p className="-mt-2.5 max-w-3xl basis-full wrap-anywhere text-muted">{description}</p>
      )}
    </header>
  );
}

/** A titled box on a page. */
export function Section({
  id,
  title,
  description,
  action,
  children,
}: {
  /** Where links within the page lead to */
  id?: string;
  title: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section id={id} className="mb-6 scroll-mt-16 rounded-lg border bg-surface lg:scroll-mt-4">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b px-4 py-2.5">
        <div>
          <h2 className="font-semibold">{title}</h2>
          {description && <p className="text-sm text-muted">{description}</p>}
        </div>
        {action}
      </div>
      <div className="p-4">{children}</div>
    </section>
  );
}

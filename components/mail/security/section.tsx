// A part of the security page: its name, what it is for, what stands in it.
import type { ReactNode } from 'react';

export function Section({
  title,
  help,
  action,
  children,
}: {
  title: string;
  help: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="mb-8">
      <div className="mb-2 flex flex-wrap items-end justify-between gap-3">
        <div className="max-w-2xl">
          <h2 className="font-semibold">{title}</h2>
          <p className="text-sm text-muted">{help}</p>
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** A line of a list in a section. */
export function Line({
  title,
  text,
  action,
}: {
  title: ReactNode;
  text: ReactNode;
  action?: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{title}</p>
        <p className="text-sm text-muted">{text}</p>
      </div>
      {action}
    </li>
  );
}

export function Lines({ children, none }: { children: ReactNode[]; none: string }) {
  if (children.length === 0) {
    return <p className="rounded-lg border border-dashed px-4 py-3 text-muted">{none}</p>;
  }
  return <ul className="divide-y rounded-lg border">{children}</ul>;
}

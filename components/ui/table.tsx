// A table of rows with hairlines; it scrolls sideways inside its own box where the screen is narrow. What is cut elsewhere takes
// several lines on a phone: nobody can hover there to read the rest.
import type { ComponentProps, ReactNode } from 'react';
import { joinClasses } from './class-names.ts';

export function Table({
  label,
  className,
  children,
}: {
  /** Read aloud as the table's name. */
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div
      className={joinClasses(
        'overflow-x-auto rounded-lg border bg-surface max-sm:[&_.truncate]:wrap-break-word max-sm:[&_.truncate]:whitespace-normal',
        className,
      )}
    >
      <table className="w-full border-collapse text-left rtl:text-right">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead className="border-b bg-canvas text-sm text-muted">
      <tr>{children}</tr>
    </thead>
  );
}

export function TableBody({ children }: { children: ReactNode }) {
  return <tbody className="divide-y">{children}</tbody>;
}

export function TableRow({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr className={joinClasses('hover:bg-hover', className)} {...rest} />;
}

export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={joinClasses('px-3 py-2 font-medium whitespace-nowrap', className)}
      {...rest}
    />
  );
}

export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td className={joinClasses('px-3 py-2 align-middle', className)} {...rest} />;
}

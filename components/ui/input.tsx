// Text controls. Inside a Field they take id, description and error state from it.
'use client';
import type { ComponentProps } from 'react';
import { joinClasses } from './class-names.ts';
import { useFieldControl } from './field.tsx';

const box =
  'w-full rounded-md border border-line-strong bg-surface text-ink shadow-control placeholder:text-faint transition-colors duration-100 hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-faint aria-invalid:border-danger aria-invalid:focus-visible:outline-danger';
// 16 px on touch screens: phones zoom into smaller ones.
const text = 'text-base pointer-coarse:text-lg';

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  const control = useFieldControl(rest);
  return (
    <input
      {...control}
      className={joinClasses(
        box,
        text,
        'h-8 px-2.5 read-only:bg-sunken pointer-coarse:h-10',
        className,
      )}
    />
  );
}

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<'textarea'>) {
  const control = useFieldControl(rest);
  return (
    <textarea
      {...control}
      rows={rows}
      className={joinClasses(box, text, 'px-2.5 py-1.5 leading-normal', className)}
    />
  );
}

export function Select({ className, children, ...rest }: ComponentProps<'select'>) {
  const control = useFieldControl(rest);
  return (
    <span className={joinClasses('relative inline-block', className ?? 'w-full')}>
      <select
        {...control}
        className={joinClasses(box, text, 'h-8 appearance-none ps-2.5 pe-8 pointer-coarse:h-10')}
      >
        {children}
      </select>
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="pointer-events-none absolute top-1/2 end-2.5 size-3.5 -translate-y-1/2 text-muted"
      >
        <path d="m4 6 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      </svg>
    </span>
  );
}

// A search box whose words live in the address, so that Back and bookmarks work.
'use client';
import { Search } from 'lucide-react';
import Form from 'next/form';
import type { ReactNode } from 'react';

export function SearchForm({
  action,
  label,
  initial,
  hidden = {},
  children,
}: {
  /** Path of the page itself. */
  action: string;
  label: string;
  initial: string;
  /** Further parameters to keep. */
  hidden?: Record<string, string>;
  /** Further controls, such as a Select; a change sends the form. */
  children?: ReactNode;
}) {
  return (
    <Form
      action={action}
      role="search"
      className="mb-3 flex flex-wrap gap-2"
      onChange={(event) => {
        if (event.target instanceof HTMLSelectElement) event.currentTarget.requestSubmit();
      }}
    >
      {Object.entries(hidden).map(([name, value]) =>
        value ? <input key={name} type="hidden" name={name} value={value} /> : null,
      )}
      <span className="relative min-w-0 flex-1 basis-56 sm:max-w-sm">
        <Search
          aria-hidden
          className="pointer-events-none absolute top-1/2 start-2.5 size-4 -translate-y-1/2 text-faint"
        />
        <input
          key={initial}
          type="search"
          name="q"
          defaultValue={initial}
          placeholder={label}
          aria-label={label}
          autoComplete="off"
          className="h-8 w-full rounded-md border border-line-strong bg-surface ps-8 pe-2.5 text-base shadow-control placeholder:text-faint hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 pointer-coarse:h-10 pointer-coarse:text-lg"
        />
      </span>
      {children}
    </Form>
  );
}

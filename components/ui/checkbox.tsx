// Checkbox, radio and switch with their label.
'use client';
import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react';
import { joinClasses } from './class-names.ts';
import { useFieldControl } from './field.tsx';

const mark =
  'shrink-0 appearance-none border border-control bg-surface transition-colors duration-100 checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-50';

/** Without `label` give an aria-label. `isMixed` shows the dash of "some of them". */
export function Checkbox({
  label,
  help,
  isMixed = false,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & {
  label?: ReactNode;
  help?: ReactNode;
  isMixed?: boolean;
}) {
  const ref = useRef<HTMLInputElement>(null);
  const control = useFieldControl(rest);
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = isMixed;
  }, [isMixed]);
  const box = (
    <span className="relative inline-flex size-4 shrink-0">
      <input
        ref={ref}
        type="checkbox"
        {...control}
        className={joinClasses(mark, 'peer size-4 rounded-sm', !label && className)}
      />
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="pointer-events-none absolute inset-0 hidden text-on-accent peer-checked:block peer-indeterminate:hidden"
      >
        <path d="m3.8 8.4 2.7 2.6 5.7-6" fill="none" stroke="currentColor" strokeWidth="1.8" />
      </svg>
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="pointer-events-none absolute inset-0 hidden text-on-accent peer-indeterminate:block"
      >
        <path d="M4 8h8" fill="none" stroke="currentColor" strokeWidth="1.8" />
      </svg>
    </span>
  );
  if (!label) return box;
  return <Labelled box={box} label={label} help={help} className={className} />;
}

export function Radio({
  label,
  help,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & { label: ReactNode; help?: ReactNode }) {
  const box = (
    <span className="relative inline-flex size-4 shrink-0">
      <input type="radio" {...rest} className={joinClasses(mark, 'peer size-4 rounded-full')} />
      <span className="pointer-events-none absolute inset-[5px] hidden rounded-full bg-on-accent peer-checked:block" />
    </span>
  );
  return <Labelled box={box} label={label} help={help} className={className} />;
}

/** For what takes effect as a state of its own: on or off. */
export function Switch({
  label,
  help,
  className,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & { label?: ReactNode; help?: ReactNode }) {
  const control = useFieldControl(rest);
  const box = (
    <span className="relative inline-flex h-4.5 w-8 shrink-0">
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox says its own state
        role="switch"
        {...control}
        className="peer h-4.5 w-8 appearance-none rounded-full bg-control transition-colors duration-150 checked:bg-accent disabled:opacity-50"
      />
      <span className="pointer-events-none absolute start-0.5 top-0.5 size-3.5 rounded-full bg-white transition-transform duration-150 peer-checked:translate-x-3.5 rtl:peer-checked:-translate-x-3.5" />
    </span>
  );
  if (!label) return box;
  return <Labelled box={box} label={label} help={help} className={className} />;
}

function Labelled({
  box,
  label,
  help,
  className,
}: {
  box: ReactNode;
  label: ReactNode;
  help?: ReactNode;
  className?: string;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is in `box`
    <label className={joinClasses('flex cursor-pointer items-start gap-2.5 py-0.5', className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span className="min-w-0 wrap-anywhere">
        <span className="block">{label}</span>
        {help && <span className="block text-sm text-muted">{help}</span>}
      </span>
    </label>
  );
}

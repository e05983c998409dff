// A button that shows only an icon; its label is spoken and shown as a tooltip.
import type { ComponentProps, ReactNode } from 'react';
import { joinClasses } from './class-names.ts';

export function IconButton({
  label,
  icon,
  shortcut,
  size = 'md',
  isActive = false,
  className,
  type = 'button',
  ...rest
}: Omit<ComponentProps<'button'>, 'children'> & {
  label: string;
  icon: ReactNode;
  /** Shown in the tooltip, for example "e". */
  shortcut?: string;
  size?: 'sm' | 'md';
  /** Pressed state of a toggle. */
  isActive?: boolean;
}) {
  return (
    <button
      type={type}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      className={joinClasses(
        'inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 not-disabled:hover:bg-hover not-disabled:hover:text-ink not-disabled:active:bg-pressed disabled:opacity-45 [&_svg]:size-4',
        size === 'sm' ? 'size-7 pointer-coarse:size-9' : 'size-8 pointer-coarse:size-11',
        isActive && 'bg-accent-soft text-accent-text',
        className,
      )}
      {...rest}
    >
      {icon}
    </button>
  );
}

// Buttons, and links that look like buttons.
import type { ComponentProps, ReactNode } from 'react';
import { AppLink } from './app-link.tsx';
import { joinClasses } from './class-names.ts';
import { Spinner } from './spinner.tsx';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'danger-ghost';
export type ButtonSize = 'sm' | 'md' | 'lg';

const base =
  'relative inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-55 disabled:cursor-not-allowed aria-disabled:opacity-55';
const variants: Record<ButtonVariant, string> = {
  primary:
    'border-transparent bg-accent text-on-accent shadow-control not-disabled:hover:bg-accent-hover',
  secondary:
    'border-line-strong bg-surface text-ink shadow-control not-disabled:hover:bg-hover not-disabled:active:bg-pressed',
  ghost:
    'border-transparent text-muted not-disabled:hover:bg-hover not-disabled:hover:text-ink not-disabled:active:bg-pressed',
  danger:
    'border-transparent bg-danger text-on-danger shadow-control not-disabled:hover:bg-danger-hover',
  'danger-ghost': 'border-transparent text-danger-text not-disabled:hover:bg-danger-soft',
};
const sizes: Record<ButtonSize, string> = {
  sm: 'h-7 px-2.5 text-sm pointer-coarse:h-9',
  md: 'h-8 px-3 text-base pointer-coarse:h-10',
  lg: 'h-10 px-4 text-base',
};

/** The classes of a button, for elements that must look like one. */
export function buttonClasses(
  variant: ButtonVariant = 'secondary',
  size: ButtonSize = 'md',
  className?: string,
): string {
  return joinClasses(base, variants[variant], sizes[size], className);
}

type Look = { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode };

/** `isPending` shows a spinner over the label and refuses further clicks. */
export function Button({
  variant,
  size,
  icon,
  isPending = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Look & { isPending?: boolean }) {
  return (
    <button
      type={type}
      className={buttonClasses(variant, size, className)}
      disabled={disabled || isPending}
      aria-busy={isPending || undefined}
      {...rest}
    >
      {isPending && <Spinner className="absolute inset-0 items-center justify-center" />}
      <span className={joinClasses('inline-flex items-center gap-1.5', isPending && 'invisible')}>
        {icon}
        {children}
      </span>
    </button>
  );
}

export function ButtonLink({
  variant,
  size,
  icon,
  className,
  children,
  ...rest
}: ComponentProps<typeof AppLink> & Look) {
  return (
    <AppLink className={buttonClasses(variant, size, className)} {...rest}>
      {icon}
      {children}
    </AppLink>
  );
}

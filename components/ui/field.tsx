// A labelled control with help and error. The control inside finds its id, description and error state
// through a context, so a form cannot forget to connect them.
'use client';
import { useTranslations } from 'next-intl';
import { createContext, type ReactNode, useContext, useId } from 'react';
import { joinClasses } from './class-names.ts';

type FieldContext = { id: string; describedBy: string | undefined; isInvalid: boolean };
const Context = createContext<FieldContext | null>(null);

type ControlProps = {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: React.AriaAttributes['aria-invalid'];
};

/** The props of a control, completed by the Field around it. */
export function useFieldControl<T extends ControlProps>(props: T): T {
  const field = useContext(Context);
  if (!field) return props;
  return {
    ...props,
    id: props.id ?? field.id,
    'aria-describedby': props['aria-describedby'] ?? field.describedBy,
    'aria-invalid': props['aria-invalid'] ?? (field.isInvalid || undefined),
  };
}

export function Field({
  label,
  help,
  error,
  isOptional = false,
  isLabelHidden = false,
  className,
  children,
}: {
  label: ReactNode;
  help?: ReactNode;
  error?: ReactNode;
  isOptional?: boolean;
  isLabelHidden?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const t = useTranslations('ui.field');
  const id = useId();
  const describedBy =
    [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div className={joinClasses('flex flex-col gap-1', className)}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm font-medium text-ink'}>
        {label}
        {isOptional && <span className="font-normal text-faint"> · {t('optional')}</span>}
      </label>
      <Context value={{ id, describedBy, isInvalid: Boolean(error) }}>{children}</Context>
      <FieldError id={`${id}-error`}>{error}</FieldError>
      {help && (
        <p id={`${id}-help`} className="text-sm text-muted">
          {help}
        </p>
      )}
    </div>
  );
}

/** The text of an error beside its control; nothing without one. */
export function FieldError({ id, children }: { id?: string; children?: ReactNode }) {
  if (!children) return null;
  return (
    <p id={id} role="alert" className="text-sm text-danger-text">
      {children}
    </p>
  );
}

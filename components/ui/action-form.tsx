// A form over a server action: pending state, errors beside their fields, a toast when it worked. What was
// typed stays when the server says no.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  useActionState,
  useContext,
  useEffect,
  useRef,
  useTransition,
} from 'react';
import { Banner } from './banner.tsx';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { type FormAction, type FormState, idle } from './form-state.ts';
import { useToast } from './toast.tsx';

type Context = { errors: Record<string, string>; isPending: boolean };
const FormContext = createContext<Context>({ errors: {}, isPending: false });

export function ActionForm({
  action,
  onDone,
  isResetWhenDone = false,
  children,
  ...rest
}: Omit<ComponentProps<'form'>, 'action' | 'onSubmit'> & {
  action: FormAction;
  /** Called once the server said yes. */
  onDone?: (state: Extract<FormState, { status: 'ok' }>) => void;
  isResetWhenDone?: boolean;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const router = useRouter();
  const toast = useToast();
  const [state, dispatch, isActing] = useActionState(action, idle);
  const [isStarting, startTransition] = useTransition();
  const isPending = isActing || isStarting;

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each answer of the server
  useEffect(() => {
    if (state.status === 'error') {
      const name = Object.keys(state.fields ?? {})[0];
      const control = name ? form.current?.elements.namedItem(name) : null;
      if (control instanceof HTMLElement) control.focus();
    }
    if (state.status !== 'ok') return;
    if (state.text) toast.show({ text: state.text });
    if (isResetWhenDone) form.current?.reset();
    onDone?.(state);
    if (state.redirectTo) router.push(state.redirectTo);
  }, [state]);

  const errors = state.status === 'error' ? (state.fields ?? {}) : {};
  return (
    <FormContext value={{ errors, isPending }}>
      <form
        ref={form}
        method="post"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isPending) return;
          const data = new FormData(event.currentTarget);
          // Not the form's own action: React would empty the fields after a refusal.
          startTransition(() => dispatch(data));
        }}
        {...rest}
      >
        {state.status === 'error' && state.text && (
          <Banner tone="danger" className="mb-4">
            {state.text}
          </Banner>
        )}
        {children}
      </form>
    </FormContext>
  );
}

/** A Field that shows the server's error for the control `name`. */
export function FormField({ name, ...rest }: ComponentProps<typeof Field> & { name: string }) {
  const { errors } = useContext(FormContext);
  return <Field error={errors[name]} {...rest} />;
}

/** What the server found wrong, by the name of the control. */
export function useFormErrors(): Record<string, string> {
  return useContext(FormContext).errors;
}

export function SubmitButton({ children, ...rest }: ComponentProps<typeof Button>) {
  const { isPending } = useContext(FormContext);
  return (
    <Button type="submit" variant="primary" isPending={isPending} {...rest}>
      {children}
    </Button>
  );
}

/** The foot of a form in a dialog: further buttons at the left, then Cancel and the verb. */
export function FormButtons({
  label,
  onCancel,
  children,
}: {
  label: string;
  onCancel?: () => void;
  children?: ReactNode;
}) {
  const t = useTranslations('ui.dialog');
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {children}
      {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
      <SubmitButton>{label}</SubmitButton>
    </div>
  );
}

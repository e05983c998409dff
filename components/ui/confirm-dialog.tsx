// Asks before what cannot be undone. For the gravest it wants a word typed, so that no reflex confirms.
'use client';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState, useTransition } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field, FieldError } from './field.tsx';
import { Input } from './input.tsx';

export function ConfirmDialog({
  isOpen,
  onClose,
  title,
  children,
  confirmLabel,
  isDanger = true,
  typeToConfirm,
  onConfirm,
}: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** The verb, for example "Delete user". */
  confirmLabel: string;
  isDanger?: boolean;
  /** Text the person must type first. */
  typeToConfirm?: string;
  /** Resolves with an error text to show, or nothing when done; the dialog then closes. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that says nothing is the usual one
  onConfirm: () => Promise<string | undefined | void> | void;
}) {
  const t = useTranslations('ui.dialog');
  const [typed, setTyped] = useState('');
  const [error, setError] = useState('');
  const [isPending, startTransition] = useTransition();
  const isReady = typeToConfirm === undefined || typed.trim().toLowerCase() === typeToConfirm;
  const close = () => {
    setTyped('');
    setError('');
    onClose();
  };
  const confirm = () =>
    startTransition(async () => {
      const refusal = await onConfirm();
      if (refusal) setError(refusal);
      else close();
    });
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button
            variant={isDanger ? 'danger' : 'primary'}
            disabled={!isReady}
            isPending={isPending}
            onClick={confirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-muted">
        <div>{children}</div>
        {typeToConfirm !== undefined && (
          <Field
            label={t.rich('type', {
              text: () => <span className="font-mono select-all">{typeToConfirm}</span>,
            })}
          >
            <Input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                // The dialog may stand inside a form, which must not be sent by this.
                event.preventDefault();
                if (isReady) confirm();
              }}
              autoComplete="off"
              spellCheck={false}
              autoCapitalize="off"
            />
          </Field>
        )}
        <FieldError>{error}</FieldError>
      </div>
    </Dialog>
  );
}

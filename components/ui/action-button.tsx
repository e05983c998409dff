// A button that runs a server action: shows that it works, says how it ended, and asks first where told to.
'use client';
import { type ReactNode, useState, useTransition } from 'react';
import { Button, type ButtonSize, type ButtonVariant } from './button.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useToast } from './toast.tsx';

export type Confirmation = {
  title: string;
  text: ReactNode;
  confirmLabel: string;
  typeToConfirm?: string;
  isDanger?: boolean;
};

export function ActionButton({
  action,
  doneText,
  confirm,
  onDone,
  children,
  ...look
}: {
  /** Resolves with an error text, or nothing when it worked. */
  action: () => Promise<string | undefined>;
  doneText?: string;
  confirm?: Confirmation;
  onDone?: () => void;
  children?: ReactNode;
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  className?: string;
  disabled?: boolean;
  'aria-label'?: string;
  title?: string;
}) {
  const toast = useToast();
  const [isAsking, setIsAsking] = useState(false);
  const [isPending, startTransition] = useTransition();
  const run = async () => {
    const error = await action();
    if (error) return error;
    if (doneText) toast.show({ text: doneText });
    onDone?.();
    return undefined;
  };
  const start = () =>
    startTransition(async () => {
      const error = await run();
      if (error) toast.show({ text: error, kind: 'error' });
    });
  return (
    <>
      <Button
        isPending={isPending}
        onClick={() => (confirm ? setIsAsking(true) : start())}
        {...look}
      >
        {children}
      </Button>
      {confirm && (
        <ConfirmDialog
          isOpen={isAsking}
          onClose={() => setIsAsking(false)}
          title={confirm.title}
          confirmLabel={confirm.confirmLabel}
          typeToConfirm={confirm.typeToConfirm}
          isDanger={confirm.isDanger}
          onConfirm={run}
        >
          {confirm.text}
        </ConfirmDialog>
      )}
    </>
  );
}

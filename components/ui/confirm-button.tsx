// A button that asks before it does something in the browser (ActionButton does so for what the server does).
'use client';
import { type ReactNode, useState } from 'react';
import { Button, type ButtonVariant } from './button.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';

export function ConfirmButton({
  label,
  title,
  confirmLabel,
  onConfirm,
  isDanger = false,
  variant,
  className,
  children,
}: {
  label: string;
  title: string;
  confirmLabel: string;
  onConfirm: () => void;
  isDanger?: boolean;
  variant?: ButtonVariant;
  className?: string;
  /** The question. */
  children: ReactNode;
}) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button variant={variant} className={className} onClick={() => setIsAsking(true)}>
        {label}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={title}
        confirmLabel={confirmLabel}
        isDanger={isDanger}
        onConfirm={onConfirm}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}

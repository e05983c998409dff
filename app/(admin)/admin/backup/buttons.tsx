'use client';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import type { ButtonVariant } from '#components/ui/button.tsx';
import { beginBackupAction, beginRestoreAction } from './actions.ts';

export function BeginButton({
  kind,
  variant,
  disabled,
  children,
}: {
  kind: 'backup' | 'verify' | 'prune';
  variant?: ButtonVariant;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <ActionButton action={() => beginBackupAction(kind)} variant={variant} disabled={disabled}>
      {children}
    </ActionButton>
  );
}

export type Wanted = {
  user: string;
  snapshot: string;
  mode: 'missing' | 'beside';
  emailId?: string;
  mailbox?: string;
};

/** Asks, begins, and shows the work on the page of backups. */
export function RestoreButton({
  wanted,
  title,
  text,
  children,
}: {
  wanted: Wanted;
  title: string;
  text: string;
  children: ReactNode;
}) {
  const router = useRouter();
  return (
    <ActionButton
      size="sm"
      action={() => beginRestoreAction(wanted)}
      onDone={() => router.push('/admin/backup')}
      confirm={{ title, text, confirmLabel: 'Restore' }}
    >
      {children}
    </ActionButton>
  );
}

'use client';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import type { ButtonVariant } from '#components/ui/button.tsx';
import { runDoctorAction } from './actions.ts';

/** Runs these checks, or all; `name` is what a small button without words says. */
export function RunButton({
  ids,
  name,
  variant,
  children,
}: {
  ids?: string[];
  name?: string;
  variant?: ButtonVariant;
  children?: ReactNode;
}) {
  return (
    <ActionButton
      action={() => runDoctorAction(ids)}
      doneText="Checked"
      size={name ? 'sm' : 'md'}
      variant={name ? 'ghost' : variant}
      icon={<RefreshCw aria-hidden className="size-4" />}
      aria-label={name}
      title={name}
    >
      {children}
    </ActionButton>
  );
}

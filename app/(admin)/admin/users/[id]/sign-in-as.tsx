'use client';
import { LogIn } from 'lucide-react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { signInAsAction } from './acting-actions.ts';

/** Opens the webmail as the user sees it. */
export function SignInAs({ id, address }: { id: string; address: string }) {
  return (
    <ActionButton
      icon={<LogIn className="size-4" />}
      action={() => signInAsAction(id)}
      confirm={{
        title: `Sign in as ${address}?`,
        text: 'You see the mailbox as the user does, for some minutes. The user is told in Options → Security, and the trail keeps it. Passwords and second factors cannot be changed meanwhile.',
        confirmLabel: 'Sign in',
      }}
    >
      Sign in as user
    </ActionButton>
  );
}

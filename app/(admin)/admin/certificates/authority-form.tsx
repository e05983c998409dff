'use client';
import { type ReactNode, useState, useTransition } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { ActionForm, SubmitButton } from '#components/ui/action-form.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { agreeAction, changeAccountKeyAction, readTermsAction } from './actions.ts';

/** The terms are asked for when somebody wants an account: the authority need not hear of each look at the page. */
export function Agreement({ hasAccount }: { hasAccount: boolean }) {
  const [asked, setAsked] = useState<{ terms: string } | string | null>(null);
  const [isPending, start] = useTransition();
  if (asked === null || typeof asked === 'string') {
    return (
      <div className="flex flex-wrap items-center gap-3">
        <Button
          variant={hasAccount ? 'secondary' : 'primary'}
          isPending={isPending}
          onClick={() => start(async () => setAsked(await readTermsAction()))}
        >
          {hasAccount ? 'Make a new account' : 'Set up an account'}
        </Button>
        <span role="status" className="min-w-0 break-words text-sm text-danger-text">
          {asked}
        </span>
      </div>
    );
  }
  return (
    <ActionForm
      action={agreeAction}
      onDone={() => setAsked(null)}
      className="flex flex-col items-start gap-3"
    >
      <p>
        <Terms address={asked.terms}>The terms of service of the authority</Terms>
      </p>
      <Checkbox name="isAgreed" label="I agree to these terms for this server" />
      <SubmitButton>Make the account</SubmitButton>
    </ActionForm>
  );
}

/** The address is the authority's: a link only where it is a page. */
export function Terms({ address, children }: { address: string; children: ReactNode }) {
  if (!address.startsWith('https://')) return children;
  return (
    <a
      href={address}
      target="_blank"
      rel="noreferrer"
      className="text-accent-text underline hover:no-underline"
    >
      {children}
    </a>
  );
}

export function ChangeAccountKey() {
  return (
    <ActionButton
      size="sm"
      action={changeAccountKeyAction}
      doneText="The account has a new key"
      confirm={{
        title: 'Give the account a new key?',
        text: 'The key that proves this server to the authority is replaced. Certificates stay as they are.',
        confirmLabel: 'Change key',
      }}
    >
      Change key
    </ActionButton>
  );
}

'use client';
import { useState, useTransition } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { makePasswordLinkAction, setMustChangeAction } from '../actions.ts';

/** Makes a one-time link and shows it, once; asks a user who has a password for another one. */
export function PasswordLink({
  id,
  hasPassword,
  mustChange,
  mayLetStay,
}: {
  id: string;
  hasPassword: boolean;
  mustChange: boolean;
  /** A password that must be changed may be said to stay. */
  mayLetStay: boolean;
}) {
  const [link, setLink] = useState('');
  const [error, setError] = useState('');
  const [isPending, start] = useTransition();
  const make = () =>
    start(async () => {
      const { error, path } = await makePasswordLinkAction(id);
      setError(error ?? '');
      setLink(path ? new URL(path, window.location.origin).href : '');
    });
  return (
    <div className="mt-6 flex max-w-xl flex-col gap-3 border-t pt-4">
      <p className="text-sm text-muted">
        Or let the user choose: a link that sets the password once, within a day. Whoever has it can
        take the mailbox over, so hand it to nobody else. A new one ends those before.
      </p>
      {error && <Banner tone="danger">{error}</Banner>}
      {link && (
        <Field label="Link" help="It is shown here only now.">
          <Input
            readOnly
            value={link}
            className="font-mono"
            onFocus={(event) => event.currentTarget.select()}
          />
        </Field>
      )}
      <div className="flex flex-wrap gap-2">
        <Button isPending={isPending} onClick={make}>
          {link ? 'Make another link' : 'Make a link'}
        </Button>
        {hasPassword && (mayLetStay || !mustChange) && (
          <ActionButton
            action={() => setMustChangeAction(id, !mustChange)}
            doneText={mustChange ? 'The password may stay' : 'Asked for with the next click'}
          >
            {mustChange ? 'Do not ask for another password' : 'Ask for another password'}
          </ActionButton>
        )}
      </div>
    </div>
  );
}

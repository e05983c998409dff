'use client';
import { useState, useTransition } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { makePasswordLinkAction } from '../actions.ts';

/** Makes a one-time link and shows it, once. */
export function PasswordLink({ id }: { id: string }) {
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
      <div>
        <Button isPending={isPending} onClick={make}>
          {link ? 'Make another link' : 'Make a link'}
        </Button>
      </div>
    </div>
  );
}

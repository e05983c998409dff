'use client';
import { type RefObject, useRef, useState } from 'react';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import { Banner } from '#components/ui/banner.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { Input } from '#components/ui/input.tsx';
import { signInFromBrowser } from '../sign-in.ts';
import { setPasswordByLinkAction } from './actions.ts';
import { changePasswordAction } from './own-actions.ts';

/** By a link. */
export function LinkForm(props: { token: string; address: string; minLength: number }) {
  return (
    <Card
      {...props}
      action={setPasswordByLinkAction}
      title="Set your password"
      text={`For ${props.address}. Afterwards this link works no more.`}
      target="/mail"
    >
      <input type="hidden" name="token" value={props.token} />
    </Card>
  );
}

/** For whoever is signed in; `isForced`: nothing else goes before. */
export function ChangeForm({
  isForced,
  ...props
}: {
  address: string;
  isForced: boolean;
  minLength: number;
  target: string;
}) {
  return (
    <Card
      {...props}
      action={changePasswordAction}
      title={isForced ? 'Choose a password of your own' : 'Change your password'}
      text={
        isForced
          ? 'Your administrator asks for it: choose another one than the one you signed in with, to go on.'
          : 'You are signed out everywhere else, and your mail programs need the new one.'
      }
    >
      <FormField name="present" label="Present password">
        <Input
          name="present"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          className="h-10"
        />
      </FormField>
    </Card>
  );
}

function Card({
  action,
  title,
  text,
  address,
  minLength,
  target,
  children,
}: {
  action: FormAction;
  title: string;
  text: string;
  address: string;
  minLength: number;
  target: string;
  children: React.ReactNode;
}) {
  const [isDone, setIsDone] = useState(false);
  const password: RefObject<HTMLInputElement | null> = useRef(null);
  const enter = async () => {
    setIsDone(true);
    const refusal = await signInFromBrowser(address, password.current?.value ?? '');
    // A whole load: the session before has ended.
    window.location.assign(refusal === null ? target : '/login');
  };
  return (
    <div className="rounded-lg border bg-surface p-6">
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="mt-1 text-muted">{text}</p>
      <ActionForm action={action} onDone={enter} className="mt-5 flex flex-col gap-4">
        {/* Password managers want to know whose it is. */}
        <input type="hidden" name="username" autoComplete="username" value={address} readOnly />
        {children}
        <FormField
          name="password"
          label="New password"
          help={`At least ${minLength} characters, no common word, nothing of your name. Four words that have nothing to do with each other are good.`}
        >
          <Input
            ref={password}
            name="password"
            type="password"
            autoComplete="new-password"
            required
            className="h-10"
          />
        </FormField>
        <FormField name="repeated" label="New password again">
          <Input
            name="repeated"
            type="password"
            autoComplete="new-password"
            required
            className="h-10"
          />
        </FormField>
        {isDone ? (
          <Banner tone="ok">The password is set. Signing you in…</Banner>
        ) : (
          <SubmitButton size="lg" className="mt-1 w-full">
            Set password
          </SubmitButton>
        )}
      </ActionForm>
    </div>
  );
}

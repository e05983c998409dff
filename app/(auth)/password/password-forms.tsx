'use client';
import { useTranslations } from 'next-intl';
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
  const t = useTranslations('auth.password');
  return (
    <Card
      {...props}
      action={setPasswordByLinkAction}
      title={t('set')}
      text={t('setText', { address: props.address })}
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
  const t = useTranslations('auth.password');
  return (
    <Card
      {...props}
      action={changePasswordAction}
      title={t(isForced ? 'choose' : 'change')}
      text={t(isForced ? 'chooseText' : 'changeText')}
    >
      <FormField name="present" label={t('present')}>
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
  const t = useTranslations('auth.password');
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
        <FormField name="password" label={t('new')} help={t('help', { count: minLength })}>
          <Input
            ref={password}
            name="password"
            type="password"
            autoComplete="new-password"
            required
            className="h-10"
          />
        </FormField>
        <FormField name="repeated" label={t('again')}>
          <Input
            name="repeated"
            type="password"
            autoComplete="new-password"
            required
            className="h-10"
          />
        </FormField>
        {isDone ? (
          <Banner tone="ok">{t('done')}</Banner>
        ) : (
          <SubmitButton size="lg" className="mt-1 w-full">
            {t('submit')}
          </SubmitButton>
        )}
      </ActionForm>
    </div>
  );
}

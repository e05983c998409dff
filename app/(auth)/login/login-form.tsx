'use client';
import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useTranslations } from 'next-intl';
import { useEffect, useState, useTransition } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import {
  goToProvider,
  prepareSignIn,
  type Shown,
  type SignInError,
  showPasskey,
  signInErrorOf,
  signInFromBrowser,
} from '../sign-in.ts';
import { FactorForm } from './factor-form.tsx';

export function LoginForm({
  target,
  initialError,
  provider,
}: {
  target: string;
  initialError: string;
  /** Name of the OpenID provider, perhaps empty; null = there is none */
  provider: string | null;
}) {
  const t = useTranslations('auth.signIn');
  const [error, setError] = useState<SignInError | null>(
    initialError ? signInErrorOf(initialError) : null,
  );
  const [isPending, startTransition] = useTransition();
  // A click before the script has loaded would send the form the plain way, password and all.
  const [isReady, setIsReady] = useState(false);
  useEffect(() => {
    setIsReady(true);
    prepareSignIn();
  }, []);
  const mayUsePasskey = isReady && browserSupportsWebAuthn();
  /** Right, and waiting for the second factor. */
  const [known, setKnown] = useState<{ address: string; password: string } | null>(null);
  const enter = async (address: string, password: string, shown: Shown = {}) => {
    setError(null);
    const refusal = await signInFromBrowser(address, password, shown);
    // A whole load, so that nothing drawn for another session stays.
    if (refusal === null) window.location.assign(target);
    else if (refusal === 'factor') setKnown({ address, password });
    else setError(refusal);
  };
  const submit = (form: FormData) =>
    startTransition(() =>
      enter(String(form.get('address') ?? '').trim(), String(form.get('password') ?? '')),
    );
  const enterByPasskey = () =>
    startTransition(async () => {
      const passkey = await showPasskey();
      if (passkey) await enter(known?.address ?? '', known?.password ?? '', { passkey });
      else setError('passkey');
    });
  if (known) {
    return (
      <FactorForm
        error={error}
        isPending={isPending}
        mayUsePasskey={mayUsePasskey}
        onCode={(code) => startTransition(() => enter(known.address, known.password, { code }))}
        onPasskey={enterByPasskey}
        onBack={() => {
          setError(null);
          setKnown(null);
        }}
      />
    );
  }
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
      className="flex flex-col gap-4 rounded-lg border bg-surface p-6"
    >
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      {error && <Banner tone="danger">{t(`errors.${error}`)}</Banner>}
      <Field label={t('address')}>
        <Input
          name="address"
          type="text"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          required
          autoFocus
          className="h-10"
        />
      </Field>
      <Field label={t('password')}>
        <Input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          className="h-10"
        />
      </Field>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        isPending={isPending}
        disabled={!isReady}
        className="mt-1 w-full"
      >
        {t('submit')}
      </Button>
      {provider !== null && (
        <Button disabled={!isReady} onClick={() => startTransition(() => goToProvider(target))}>
          {t('provider', { name: provider || 'OpenID' })}
        </Button>
      )}
      {mayUsePasskey && (
        <Button onClick={enterByPasskey} disabled={isPending}>
          {t('usePasskey')}
        </Button>
      )}
    </form>
  );
}

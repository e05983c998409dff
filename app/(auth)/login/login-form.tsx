'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState, useTransition } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { type SignInError, signInErrorOf, signInFromBrowser } from '../sign-in.ts';

export function LoginForm({ target, initialError }: { target: string; initialError: string }) {
  const t = useTranslations('auth.signIn');
  const [error, setError] = useState<SignInError | null>(
    initialError ? signInErrorOf(initialError) : null,
  );
  const [isPending, startTransition] = useTransition();
  // A click before the script has loaded would send the form the plain way, password and all.
  const [isReady, setIsReady] = useState(false);
  useEffect(() => setIsReady(true), []);
  const submit = (form: FormData) =>
    startTransition(async () => {
      setError(null);
      const refusal = await signInFromBrowser(
        String(form.get('address') ?? '').trim(),
        String(form.get('password') ?? ''),
      );
      // A whole load, so that nothing drawn for another session stays.
      if (refusal === null) window.location.assign(target);
      else setError(refusal);
    });
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
    </form>
  );
}

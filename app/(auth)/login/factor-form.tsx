// The second step of signing in: the password was right, and the account has a second factor.
'use client';
import { useTranslations } from 'next-intl';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { SignInError } from '../sign-in.ts';

export function FactorForm({
  error,
  isPending,
  mayUsePasskey,
  onCode,
  onPasskey,
  onBack,
}: {
  error: SignInError | null;
  isPending: boolean;
  mayUsePasskey: boolean;
  onCode: (code: string) => void;
  onPasskey: () => void;
  onBack: () => void;
}) {
  const t = useTranslations('auth.signIn');
  return (
    <form
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        onCode(String(new FormData(event.currentTarget).get('code') ?? ''));
      }}
      className="flex flex-col gap-4 rounded-lg border bg-surface p-6"
    >
      <h1 className="text-lg font-semibold">{t('factorTitle')}</h1>
      {error && <Banner tone="danger">{t(`errors.${error}`)}</Banner>}
      <Field label={t('code')} help={t('codeHelp')}>
        <Input
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={20}
          required
          autoFocus
          className="h-10 font-mono"
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" isPending={isPending} className="w-full">
        {t('submit')}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        <Button onClick={onBack}>{t('back')}</Button>
        {mayUsePasskey && <Button onClick={onPasskey}>{t('usePasskey')}</Button>}
      </div>
    </form>
  );
}

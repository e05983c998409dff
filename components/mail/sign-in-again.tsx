// The session has ended: a dialog over the page asks for the password again, and nothing on the page is lost. Where more
// than a password is needed the sign-in page does it in another tab; this one notices when its person comes back.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';

/** What can be wrong (app/(auth)/sign-in.ts). "factor": the password fits, a code is asked for. */
export type SignInError =
  | 'auth-failed'
  | 'throttled'
  | 'unavailable'
  | 'offline'
  | 'factor'
  | 'code'
  | 'passkey';
/** Signs in; null when done. */
export type SignIn = (
  address: string,
  password: string,
  code: string,
) => Promise<SignInError | null>;

export function SignInAgain({
  address,
  signIn,
  onDone,
}: {
  address: string;
  signIn: SignIn;
  /** After that everything is fetched again. */
  onDone: () => void;
}) {
  const t = useTranslations('mail.again');
  // Drawn for the first time because the session had ended.
  const [isOpen, setIsOpen] = useState(true);
  const [hasCode, setHasCode] = useState(false);
  const [error, setError] = useState<SignInError | null>(null);
  const [isPending, setIsPending] = useState(false);
  const done = useRef(onDone);
  done.current = onDone;
  useEffect(() => {
    const show = () => setIsOpen(true);
    window.addEventListener('drey:signed-out', show);
    return () => window.removeEventListener('drey:signed-out', show);
  }, []);
  const finish = useCallback(() => {
    setIsOpen(false);
    setError(null);
    setHasCode(false);
    window.dispatchEvent(new Event('drey:signed-in'));
    done.current();
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    const look = async () => {
      if (document.visibilityState !== 'visible') return;
      const answer = await fetch('/api/mail/preferences').catch(() => null);
      if (answer?.ok) finish();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [isOpen, finish]);
  const submit = async (form: FormData) => {
    setIsPending(true);
    setError(null);
    const word = (name: string) => String(form.get(name) ?? '');
    const refusal = await signIn(address, word('password'), word('code')).catch(
      () => 'unavailable' as const,
    );
    setIsPending(false);
    if (refusal === null) return finish();
    if (refusal === 'factor' || refusal === 'code') setHasCode(true);
    if (refusal !== 'factor') setError(refusal);
  };
  return (
    <Dialog isOpen={isOpen} onClose={() => setIsOpen(false)} title={t('title')} size="sm">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(new FormData(event.currentTarget));
        }}
      >
        <p className="text-muted">{t('text', { address })}</p>
        {error && <Banner tone="danger">{t(`errors.${error}`)}</Banner>}
        <input type="hidden" name="username" value={address} autoComplete="username" />
        <Field label={t('password')}>
          <Input
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
          />
        </Field>
        {hasCode && (
          <Field label={t('code')}>
            <Input name="code" inputMode="numeric" autoComplete="one-time-code" required />
          </Field>
        )}
        <div className="flex items-center justify-between gap-3">
          <a
            href="/login"
            target="_blank"
            rel="noopener"
            className="text-sm text-accent-text underline"
          >
            {t('elsewhere')}
          </a>
          <Button type="submit" variant="primary" isPending={isPending}>
            {t('signIn')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

// A dialog that asks for the own password before something that decides who can sign in; more fields may stand above.
'use client';
import { useTranslations } from 'next-intl';
import { createContext, type ReactNode, useContext, useState, useTransition } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';

/**
 * How somebody shows who is there: by the password here; by having signed in just now at another service; or, where that
 * was long ago, by signing in once more or by the password of the directory server.
 */
export type ProofKind = 'password' | 'fresh' | 'directory';
const ProofContext = createContext<ProofKind>('password');
export const ProofProvider = ProofContext.Provider;

export type Failure = { error: string; field: string | null };

export function PasswordDialog({
  isOpen,
  onClose,
  title,
  label,
  isDanger = false,
  onSubmit,
  children,
}: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  label: string;
  isDanger?: boolean;
  /** Resolves with what is wrong, or null where the dialog may close. */
  onSubmit: (password: string, form: FormData) => Promise<Failure | null>;
  /** Shown above the password; told what is wrong with which field. */
  children?: (failure: Failure | null) => ReactNode;
}) {
  const t = useTranslations('security');
  const proof = useContext(ProofContext);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isPending, start] = useTransition();
  const close = () => {
    setFailure(null);
    onClose();
  };
  const submit = (form: FormData) =>
    start(async () => {
      const wrong = await onSubmit(String(form.get('present') ?? ''), form);
      setFailure(wrong);
      if (!wrong) onClose();
    });
  return (
    <Dialog isOpen={isOpen} onClose={close} title={title}>
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
      >
        {failure && (!failure.field || (proof === 'fresh' && failure.field === 'present')) && (
          <Banner tone="danger">{failure.error}</Banner>
        )}
        {children?.(failure)}
        {proof === 'directory' && (
          <Banner tone="info">
            {t.rich('signInAgain', {
              link: (text) => (
                <a href="/logout" className="underline">
                  {text}
                </a>
              ),
            })}
          </Banner>
        )}
        {proof !== 'fresh' && (
          <Field
            label={t('present')}
            help={t('presentHelp')}
            error={failure?.field === 'present' && failure.error}
          >
            <Input name="present" type="password" autoComplete="current-password" required />
          </Field>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{t('cancel')}</Button>
          <Button type="submit" variant={isDanger ? 'danger' : 'primary'} isPending={isPending}>
            {label}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

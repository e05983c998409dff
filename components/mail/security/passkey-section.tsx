// Passkeys of the account: made by the browser, kept here by their public half.
'use client';
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  startRegistration,
} from '@simplewebauthn/browser';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { useIsClient } from '../use-client.ts';
import { type Failure, PasswordDialog } from './password-dialog.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Line, Lines, Section } from './section.tsx';
import { useMoment } from './use-moment.ts';

type Answer<T> = Promise<{ ok: T; error?: undefined } | Failure>;
export type ListedPasskey = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null };

export function PasskeySection({
  passkeys,
  begin,
  add,
  remove,
}: {
  passkeys: ListedPasskey[];
  begin: (password: string) => Answer<{ options: PublicKeyCredentialCreationOptionsJSON }>;
  add: (name: string, response: RegistrationResponseJSON) => Answer<{ codes: string[] | null }>;
  remove: (id: string, password: string) => Answer<object>;
}) {
  const t = useTranslations('security');
  const tell = useMoment();
  const router = useRouter();
  const toast = useToast();
  const [isAdding, setIsAdding] = useState(false);
  const [removing, setRemoving] = useState<ListedPasskey | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const isUsable = useIsClient() && browserSupportsWebAuthn();
  const make = async (password: string, form: FormData): Promise<Failure | null> => {
    const begun = await begin(password);
    if (begun.error !== undefined) return begun;
    const response = await startRegistration({ optionsJSON: begun.ok.options }).catch(() => null);
    if (!response) return { error: t('passkeys.failed'), field: null };
    const added = await add(String(form.get('name') ?? ''), response);
    if (added.error !== undefined) return added;
    setCodes(added.ok.codes);
    toast.show({ text: t('passkeys.saved') });
    router.refresh();
    return null;
  };
  return (
    <Section
      title={t('passkeys.title')}
      help={isUsable ? t('passkeys.help') : t('passkeys.unsupported')}
      action={
        <Button disabled={!isUsable} onClick={() => setIsAdding(true)}>
          {t('passkeys.add')}
        </Button>
      }
    >
      <Lines none={t('passkeys.none')}>
        {passkeys.map((passkey) => (
          <Line
            key={passkey.id}
            title={passkey.name}
            text={[
              t('passkeys.added', { date: tell(passkey.createdAt) }),
              passkey.lastUsedAt
                ? t('passkeys.used', { date: tell(passkey.lastUsedAt) })
                : t('never'),
            ].join(' · ')}
            action={<Button onClick={() => setRemoving(passkey)}>{t('remove')}</Button>}
          />
        ))}
      </Lines>
      {isAdding && (
        <PasswordDialog
          isOpen
          onClose={() => setIsAdding(false)}
          title={t('passkeys.add')}
          label={t('continue')}
          onSubmit={make}
        >
          {() => (
            <Field label={t('passkeys.name')} help={t('passkeys.nameHelp')}>
              <Input name="name" maxLength={80} autoComplete="off" />
            </Field>
          )}
        </PasswordDialog>
      )}
      {removing && (
        <PasswordDialog
          isOpen
          isDanger
          onClose={() => setRemoving(null)}
          title={t('passkeys.removeTitle', { name: removing.name })}
          label={t('remove')}
          onSubmit={async (password) => {
            const answer = await remove(removing.id, password);
            if (answer.error !== undefined) return answer;
            toast.show({ text: t('passkeys.removed') });
            router.refresh();
            return null;
          }}
        >
          {() => <p>{t('passkeys.removeText')}</p>}
        </PasswordDialog>
      )}
      <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />
    </Section>
  );
}

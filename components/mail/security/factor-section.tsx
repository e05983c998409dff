// The authenticator app and the recovery codes.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { type Failure, PasswordDialog } from './password-dialog.tsx';
import { QrPicture } from './qr-picture.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Line, Lines, Section } from './section.tsx';

type Answer<T> = Promise<{ ok: T; error?: undefined } | Failure>;
type Fresh = { secret: string; uri: string };

export function FactorSection({
  hasAuthenticator,
  recoveryCodes,
  hasFactor,
  begin,
  confirm,
  turnOff,
  renewCodes,
}: {
  hasAuthenticator: boolean;
  recoveryCodes: number;
  /** App or passkey */
  hasFactor: boolean;
  begin: (password: string) => Answer<Fresh>;
  confirm: (code: string) => Answer<{ codes: string[] | null }>;
  turnOff: (password: string) => Answer<object>;
  renewCodes: (password: string) => Answer<{ codes: string[] }>;
}) {
  const t = useTranslations('security.factor');
  const router = useRouter();
  const toast = useToast();
  const [asking, setAsking] = useState<'begin' | 'off' | 'codes' | null>(null);
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => setAsking(null);
  const questions = {
    begin: {
      title: t('app'),
      label: t('setUp'),
      run: async (password: string) => {
        const answer = await begin(password);
        if (answer.error !== undefined) return answer;
        setFresh(answer.ok);
        return null;
      },
    },
    off: {
      title: t('app'),
      label: t('turnOff'),
      run: async (password: string) => {
        const answer = await turnOff(password);
        if (answer.error !== undefined) return answer;
        toast.show({ text: t('turnedOff') });
        router.refresh();
        return null;
      },
    },
    codes: {
      title: t('codes'),
      label: t('newCodes'),
      run: async (password: string) => {
        const answer = await renewCodes(password);
        if (answer.error !== undefined) return answer;
        setCodes(answer.ok.codes);
        router.refresh();
        return null;
      },
    },
  };
  const question = asking && questions[asking];
  const lines = [
    <Line
      key="app"
      title={t('app')}
      text={hasAuthenticator ? t('appOn') : t('appHelp')}
      action={
        <Button onClick={() => setAsking(hasAuthenticator ? 'off' : 'begin')}>
          {hasAuthenticator ? t('turnOff') : t('setUp')}
        </Button>
      }
    />,
  ];
  if (hasFactor) {
    lines.push(
      <Line
        key="codes"
        title={t('codes')}
        text={t('codesLeft', { count: recoveryCodes })}
        action={<Button onClick={() => setAsking('codes')}>{t('newCodes')}</Button>}
      />,
    );
  }
  return (
    <Section title={t('title')} help={t('help')}>
      <Lines none="">{lines}</Lines>
      {question && (
        <PasswordDialog
          isOpen
          onClose={close}
          title={question.title}
          label={question.label}
          isDanger={asking === 'off'}
          onSubmit={question.run}
        >
          {() => asking === 'off' && <p>{t('turnOffText')}</p>}
        </PasswordDialog>
      )}
      {fresh && (
        <FirstCode
          fresh={fresh}
          confirm={confirm}
          onClose={() => setFresh(null)}
          onDone={(made) => {
            setFresh(null);
            setCodes(made);
            toast.show({ text: t('turnedOn') });
            router.refresh();
          }}
        />
      )}
      <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />
    </Section>
  );
}

function FirstCode({
  fresh,
  confirm,
  onClose,
  onDone,
}: {
  fresh: Fresh;
  confirm: (code: string) => Answer<{ codes: string[] | null }>;
  onClose: () => void;
  onDone: (codes: string[] | null) => void;
}) {
  const t = useTranslations('security');
  const [error, setError] = useState('');
  const [isPending, start] = useTransition();
  const submit = (code: string) =>
    start(async () => {
      const answer = await confirm(code);
      if (answer.error !== undefined) setError(answer.error);
      else onDone(answer.ok.codes);
    });
  return (
    <Dialog isOpen onClose={onClose} title={t('factor.app')}>
      <form
        method="post"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit(String(new FormData(event.currentTarget).get('code') ?? ''));
        }}
      >
        <p>{t('factor.scan')}</p>
        <QrPicture text={fresh.uri} label={t('factor.picture')} />
        <Field label={t('factor.key')}>
          <Input readOnly value={fresh.secret} className="font-mono" dir="ltr" />
        </Field>
        <Field label={t('factor.code')} error={error}>
          <Input
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={10}
            required
            className="w-40 font-mono"
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="primary" isPending={isPending}>
            {t('factor.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

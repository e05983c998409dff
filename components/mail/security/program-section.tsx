// App passwords: one for each mail program.
'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ActionButton } from '#components/ui/action-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { AppPassword, ProgramProtocol } from '#lib/accounts/app-password.ts';
import { type Failure, PasswordDialog } from './password-dialog.tsx';
import { Line, Lines, Section } from './section.tsx';
import { useMoment } from './use-moment.ts';

const protocols: readonly ProgramProtocol[] = ['imap', 'submission', 'pop3', 'web'];
type NewOne = {
  present: string;
  name: string;
  protocols: ProgramProtocol[];
  networks: string[];
  until: string;
};

export function ProgramSection({
  passwords,
  add,
  remove,
}: {
  passwords: AppPassword[];
  add: (form: NewOne) => Promise<{ ok: { password: string }; error?: undefined } | Failure>;
  remove: (id: string) => Promise<string | undefined>;
}) {
  const t = useTranslations('security');
  const tell = useMoment();
  const router = useRouter();
  const toast = useToast();
  const [isAdding, setIsAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const submit = async (present: string, form: FormData): Promise<Failure | null> => {
    const answer = await add({
      present,
      name: String(form.get('name') ?? ''),
      protocols: protocols.filter((each) => form.has(each)),
      networks: String(form.get('networks') ?? '')
        .split(/[\s,]+/)
        .filter(Boolean),
      until: String(form.get('until') ?? ''),
    });
    if (answer.error !== undefined) return answer;
    setMade(answer.ok.password);
    router.refresh();
    return null;
  };
  const describe = (one: AppPassword) =>
    [
      one.protocols.map((each) => t(`programs.${each}`)).join(', '),
      one.networks.length > 0 && t('programs.from', { networks: one.networks.join(', ') }),
      one.expiresAt && t('programs.until', { date: tell(one.expiresAt) }),
      one.lastUsedAt
        ? t('programs.used', {
            date: tell(one.lastUsedAt),
            remote: one.lastRemote,
            protocol: one.lastProtocol.toUpperCase(),
          })
        : t('never'),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <Section
      title={t('programs.title')}
      help={t('programs.help')}
      action={<Button onClick={() => setIsAdding(true)}>{t('programs.add')}</Button>}
    >
      <Lines none={t('programs.none')}>
        {passwords.map((one) => (
          <Line
            key={one.id}
            title={one.name}
            text={describe(one)}
            action={
              <ActionButton
                action={() => remove(one.id)}
                onDone={() => {
                  toast.show({ text: t('programs.removed') });
                  router.refresh();
                }}
                confirm={{
                  title: t('programs.removeTitle', { name: one.name }),
                  text: t('programs.removeText'),
                  confirmLabel: t('remove'),
                  isDanger: true,
                }}
              >
                {t('remove')}
              </ActionButton>
            }
          />
        ))}
      </Lines>
      {isAdding && (
        <PasswordDialog
          isOpen
          onClose={() => setIsAdding(false)}
          title={t('programs.add')}
          label={t('programs.make')}
          onSubmit={submit}
        >
          {(failure) => <Fields failure={failure} />}
        </PasswordDialog>
      )}
      <Dialog isOpen={made !== null} onClose={() => setMade(null)} title={t('programs.password')}>
        <Field label={t('programs.password')} help={t('programs.passwordHelp')}>
          <Input
            readOnly
            dir="ltr"
            value={made ?? ''}
            className="font-mono text-lg"
            onFocus={(event) => event.currentTarget.select()}
          />
        </Field>
        <div className="mt-4 flex justify-end">
          <Button variant="primary" onClick={() => setMade(null)}>
            {t('close')}
          </Button>
        </div>
      </Dialog>
    </Section>
  );
}

function Fields({ failure }: { failure: Failure | null }) {
  const t = useTranslations('security.programs');
  const errorOf = (field: string) => failure?.field === field && failure.error;
  return (
    <>
      <Field label={t('name')} help={t('nameHelp')} error={errorOf('name')}>
        <Input name="name" maxLength={80} autoComplete="off" required />
      </Field>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">{t('protocols')}</legend>
        {protocols.map((each) => (
          <Checkbox
            key={each}
            name={each}
            defaultChecked={each === 'imap' || each === 'submission'}
            label={t(each)}
          />
        ))}
        <FieldError>{errorOf('protocols')}</FieldError>
      </fieldset>
      <Field label={t('networks')} help={t('networksHelp')} error={errorOf('networks')} isOptional>
        <Textarea name="networks" rows={2} dir="ltr" className="font-mono" />
      </Field>
      <Field label={t('expires')} help={t('expiresHelp')} error={errorOf('expiresAt')} isOptional>
        <Input name="until" type="date" className="w-44" />
      </Field>
    </>
  );
}

// One identity in a dialog.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import type { Identity } from '#lib/webmail/compose/identities.ts';
import { errorText, RequestError } from '../../state/request.ts';

type Text = Exclude<keyof Identity, 'id'>;

export function IdentityDialog({
  start,
  onClose,
  onSave,
}: {
  start: Identity;
  onClose: () => void;
  /** Throws RequestError with the field that is wrong. */
  onSave: (identity: Identity) => Promise<void>;
}) {
  const t = useTranslations('compose.identity');
  const [identity, setIdentity] = useState(start);
  const [error, setError] = useState({ field: '', text: '' });
  const [isPending, setIsPending] = useState(false);
  const save = async () => {
    setIsPending(true);
    try {
      await onSave(identity);
      onClose();
    } catch (reason) {
      const field = reason instanceof RequestError ? (reason.field ?? '') : '';
      setError({ field, text: errorText(reason) });
    } finally {
      setIsPending(false);
    }
  };
  const control = (name: Text) => ({
    value: identity[name],
    onChange: (event: { target: { value: string } }) =>
      setIdentity({ ...identity, [name]: event.target.value }),
  });
  const field = (name: Text) => ({
    label: t(name),
    error: error.field === name ? error.text : undefined,
  });
  const isShown = (['address', 'replyTo', 'bcc', 'signature'] as string[]).includes(error.field);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(start.id ? 'edit' : 'add')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button variant="primary" isPending={isPending} onClick={() => void save()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field {...field('name')}>
          <Input {...control('name')} maxLength={200} autoComplete="name" dir="auto" />
        </Field>
        <Field {...field('address')}>
          <Input {...control('address')} maxLength={320} type="email" autoComplete="off" />
        </Field>
        <Field {...field('replyTo')} help={t('replyToHelp')}>
          <Input {...control('replyTo')} maxLength={320} type="email" autoComplete="off" />
        </Field>
        <Field {...field('bcc')} help={t('bccHelp')}>
          <Input {...control('bcc')} maxLength={320} type="email" autoComplete="off" />
        </Field>
        <Field {...field('organization')}>
          <Input {...control('organization')} maxLength={200} dir="auto" />
        </Field>
        <Field {...field('signature')}>
          <Textarea {...control('signature')} rows={4} maxLength={20_000} dir="auto" />
        </Field>
        <Field label={t('signatureHtml')} help={t('signatureHtmlHelp')}>
          <Textarea
            {...control('signatureHtml')}
            rows={4}
            maxLength={20_000}
            spellCheck={false}
            className="font-mono text-sm"
          />
        </Field>
        {!isShown && <FieldError>{error.text}</FieldError>}
      </div>
    </Dialog>
  );
}

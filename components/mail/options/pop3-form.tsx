// What POP3 does for the user, in place of what the server has.
'use client';
import { useTranslations } from 'next-intl';
import { ActionForm, FormField, SubmitButton } from '#components/ui/action-form.tsx';
import type { FormAction } from '#components/ui/form-state.ts';
import { Select, Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';

export function Pop3Form({
  action,
  chosen,
  serverFolders,
}: {
  action: FormAction;
  /** Empty = as the server has it */
  chosen: { folders: string[]; deletion: string; marksSeen: '' | 'on' | 'off' };
  serverFolders: string[];
}) {
  const t = useTranslations('options.programs');
  const toast = useToast();
  return (
    <ActionForm
      action={action}
      onDone={() => toast.show({ text: t('saved') })}
      className="flex max-w-md flex-col gap-4"
    >
      <FormField
        name="folders"
        label={t('folders')}
        help={t('foldersHelp', { server: serverFolders.join(', ') })}
      >
        <Textarea name="folders" rows={3} defaultValue={chosen.folders.join('\n')} />
      </FormField>
      <FormField name="deletion" label={t('deletion')}>
        <Select name="deletion" defaultValue={chosen.deletion}>
          <option value="">{t('default')}</option>
          <option value="remove">{t('remove')}</option>
          <option value="trash">{t('trash')}</option>
          <option value="archive">{t('archive')}</option>
        </Select>
      </FormField>
      <FormField name="marksSeen" label={t('marksSeen')}>
        <Select name="marksSeen" defaultValue={chosen.marksSeen}>
          <option value="">{t('default')}</option>
          <option value="on">{t('seen')}</option>
          <option value="off">{t('unseen')}</option>
        </Select>
      </FormField>
      <SubmitButton className="self-start">{t('save')}</SubmitButton>
    </ActionForm>
  );
}

// The name of a new group, or another one for it.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { errorText, patchJson, postJson } from '../state/request.ts';
import { contactsPath, type GroupRow } from './contact-data.ts';

export function GroupDialog({
  group,
  contactIds,
  onClose,
  onDone,
}: {
  /** Null for a new one */
  group: GroupRow | null;
  /** Put into the new one */
  contactIds: string[];
  onClose: () => void;
  onDone: (id: string) => void;
}) {
  const t = useTranslations('contacts');
  const [name, setName] = useState(group?.name ?? '');
  const [error, setError] = useState('');
  const save = async () => {
    try {
      const path = `${contactsPath}/groups`;
      if (group) await patchJson(path, { id: group.id, name });
      const id = group?.id ?? (await postJson<{ id: string }>(path, { name, contactIds })).id;
      onDone(id);
      onClose();
    } catch (failure) {
      setError(errorText(failure));
    }
  };
  return (
    <Dialog isOpen onClose={onClose} title={t(group ? 'actions.renameGroup' : 'actions.newGroup')}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t('group.name')} error={error}>
          <Input
            value={name}
            maxLength={100}
            autoFocus
            placeholder={t('group.placeholder')}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="primary" disabled={name.trim() === ''}>
            {t(group ? 'group.rename' : 'group.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

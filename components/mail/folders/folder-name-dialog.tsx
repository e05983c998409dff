// Naming a new folder, or an old one anew; also where it stands.
'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { Mail } from '../state/use-mail.ts';

export function FolderNameDialog({
  mail,
  folder,
  parent: first,
  onClose,
}: {
  mail: Mail;
  /** The folder to rename, or null for a new one */
  folder: Folder | null;
  /** What a new one stands in at first */
  parent: Folder | null;
  onClose: () => void;
}) {
  const t = useTranslations('folders');
  const parts = folder?.path.split(folder.delimiter) ?? [];
  const [name, setName] = useState(parts.at(-1) ?? '');
  const [parent, setParent] = useState(
    folder ? parts.slice(0, -1).join(folder.delimiter) : (first?.path ?? ''),
  );
  const [error, setError] = useState('');
  const [isPending, setIsPending] = useState(false);
  const delimiter = mail.folders[0]?.delimiter ?? '/';
  const parents = mail.folders.filter(
    (each) =>
      each.role !== 'deleted' &&
      each.path !== folder?.path &&
      !(folder && each.path.startsWith(`${folder.path}${delimiter}`)),
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.includes(delimiter)) {
      setError(trimmed === '' ? t('name.missing') : t('name.delimiter', { delimiter }));
      return;
    }
    const path = parent === '' ? trimmed : `${parent}${delimiter}${trimmed}`;
    setIsPending(true);
    const refusal = folder
      ? await mail.actOnFolder('rename-folder', folder.path, { to: path })
      : await mail.actOnFolder('create-folder', path);
    setIsPending(false);
    if (refusal) setError(refusal);
    else {
      if (folder && mail.place.folder === folder.path) mail.go({ folder: path, uid: null }, true);
      onClose();
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(folder ? 'name.rename' : 'name.new')}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="folder-name" variant="primary" isPending={isPending}>
            {t(folder ? 'name.doRename' : 'name.create')}
          </Button>
        </>
      }
    >
      <form id="folder-name" onSubmit={submit} className="flex flex-col gap-3">
        <Field label={t('name.label')}>
          <Input
            value={name}
            maxLength={200}
            autoFocus
            autoComplete="off"
            dir="auto"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label={t('name.inside')}>
          <Select value={parent} onChange={(event) => setParent(event.target.value)}>
            <option value="">{t('name.top')}</option>
            {parents.map((each) => (
              <option key={each.path} value={each.path}>
                {each.role === 'none' ? each.path : mail.nameOf(each)}
              </option>
            ))}
          </Select>
        </Field>
        <FieldError>{error}</FieldError>
      </form>
    </Dialog>
  );
}

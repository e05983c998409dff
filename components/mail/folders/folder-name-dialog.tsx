// Naming a new folder, or an old one anew.
'use client';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { Mail } from '../state/use-mail.ts';

export function FolderNameDialog({
  mail,
  naming,
  onClose,
}: {
  mail: Mail;
  /** The folder to rename, or null inside for a new one; null outside: closed. */
  naming: { folder: Folder | null } | null;
  onClose: () => void;
}) {
  const folder = naming?.folder ?? null;
  const [name, setName] = useState('');
  const [parent, setParent] = useState('');
  const [error, setError] = useState('');
  const [isPending, setIsPending] = useState(false);
  useEffect(() => {
    if (!naming) return;
    const parts = naming.folder?.path.split(naming.folder.delimiter) ?? [];
    setName(parts.pop() ?? '');
    setParent(parts.join(naming.folder?.delimiter ?? '/'));
    setError('');
  }, [naming]);
  const delimiter = mail.folders[0]?.delimiter ?? '/';
  const parents = mail.folders.filter(
    (each) =>
      each.role === 'none' &&
      each.path !== folder?.path &&
      !each.path.startsWith(`${folder?.path}${delimiter}`),
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed === '' || trimmed.includes(delimiter)) {
      setError(trimmed === '' ? 'Give a name.' : `A name has no “${delimiter}”.`);
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
      isOpen={naming !== null}
      onClose={onClose}
      title={folder ? 'Rename folder' : 'New folder'}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="folder-name" variant="primary" isPending={isPending}>
            {folder ? 'Rename' : 'Create'}
          </Button>
        </>
      }
    >
      <form id="folder-name" onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name">
          <Input
            value={name}
            maxLength={200}
            autoFocus
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Inside of">
          <Select value={parent} onChange={(event) => setParent(event.target.value)}>
            <option value="">No other folder</option>
            {parents.map((each) => (
              <option key={each.path} value={each.path}>
                {each.path}
              </option>
            ))}
          </Select>
        </Field>
        <FieldError>{error}</FieldError>
      </form>
    </Dialog>
  );
}

// A name for a search, under which it stands beside the folders.
'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { SavedSearch } from '#lib/preferences/folders.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';

export function SaveSearchDialog({
  mail,
  known = null,
  onClose,
}: {
  mail: Mail;
  /** The search that gets another name; null: the one that is shown is kept */
  known?: SavedSearch | null;
  onClose: () => void;
}) {
  const t = useTranslations('search');
  const { preferences, change } = usePreferences();
  const { query, folder } = mail.place;
  const [name, setName] = useState(known?.name ?? query.slice(0, 80));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = name.trim();
    if (clean === '') return;
    const all = preferences['folders.searches'];
    const searches = known
      ? all.map((each) => (each.id === known.id ? { ...each, name: clean } : each))
      : [...all, { id: crypto.randomUUID(), name: clean, query, folder }];
    change({ 'folders.searches': searches });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(known ? 'save.rename' : 'save.title')}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form="save-search" variant="primary">
            {t('save.do')}
          </Button>
        </>
      }
    >
      <form id="save-search" onSubmit={submit}>
        <Field label={t('save.name')}>
          <Input
            value={name}
            maxLength={80}
            autoFocus
            autoComplete="off"
            dir="auto"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

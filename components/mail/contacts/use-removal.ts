// Removing contacts: gone at once, with the way back for as long as the note stands.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, postJson, putJson } from '../state/request.ts';
import { type Contact, contactsPath } from './contact-data.ts';

/** `onChange` is called when the list is another one. */
export function useRemoval(onChange: () => void): (ids: string[]) => Promise<void> {
  const t = useTranslations('contacts');
  const toast = useToast();
  return useCallback(
    async (ids) => {
      const fail = (error: unknown) => void toast.show({ kind: 'error', text: errorText(error) });
      try {
        const { removed } = await putJson<{ removed: Contact[] }>(contactsPath, { remove: ids });
        onChange();
        const restore = async () => {
          await postJson(contactsPath, { restore: removed }).catch(fail);
          toast.show({ text: t('done.restored', { count: removed.length }) });
          onChange();
        };
        toast.show({
          text: t('done.deleted', { count: ids.length }),
          ...(removed.length > 0
            ? { action: { label: t('undo'), onClick: () => void restore() } }
            : {}),
        });
      } catch (error) {
        fail(error);
      }
    },
    [t, toast, onChange],
  );
}

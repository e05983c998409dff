// Removing contacts: gone at once, with the way back on the stack of what can be undone.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, postJson, putJson } from '../state/request.ts';
import type { Remember } from '../state/use-undo.ts';
import { type Contact, contactsPath } from './contact-data.ts';

/** `onChange` is called when the list is another one. */
export function useRemoval(
  onChange: () => void,
  remember: Remember,
): (ids: string[]) => Promise<void> {
  const t = useTranslations('contacts');
  const toast = useToast();
  return useCallback(
    async (ids) => {
      try {
        const { removed } = await putJson<{ removed: Contact[] }>(contactsPath, { remove: ids });
        onChange();
        const label = t('done.deleted', { count: ids.length });
        // What is too much to be sent back is gone.
        if (removed.length === 0) return void toast.show({ text: label });
        const run = async () => {
          await postJson(contactsPath, { restore: removed });
          toast.show({ text: t('done.restored', { count: removed.length }) });
          onChange();
        };
        remember({ label, run });
      } catch (error) {
        toast.show({ kind: 'error', text: errorText(error) });
      }
    },
    [t, toast, onChange, remember],
  );
}

// What a folder is called on the page.
'use client';
import { useTranslations } from 'next-intl';
import { useCallback } from 'react';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { nameFolder, nameOfPath } from '../folders/folder-names.ts';
import { usePreferences } from './preferences.tsx';

/** What a path is called where only paths are known: its first level may be a special folder. */
export function usePathName(): (path: string) => string {
  const t = useTranslations('folders');
  const isTranslated = usePreferences().preferences['folders.translate'];
  return useCallback(
    (path: string) => nameOfPath(path, (role) => t(`roles.${role}`), isTranslated),
    [t, isTranslated],
  );
}

export function useFolderName(): (folder: Pick<Folder, 'role' | 'name'>) => string {
  const t = useTranslations('folders');
  const isTranslated = usePreferences().preferences['folders.translate'];
  return useCallback(
    (folder: Pick<Folder, 'role' | 'name'>) => {
      const name = nameFolder(folder, (role) => t(`roles.${role}`), isTranslated);
      return folder.role === 'deleted' ? t('deletedFrom', { folder: name }) : name;
    },
    [t, isTranslated],
  );
}

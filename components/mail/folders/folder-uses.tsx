// Which folder drafts, copies, deleted and archived messages go to, and which folders are subscribed: told to the
// server at once, so that every mail program knows.
'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { FolderUse } from '#lib/webmail/folders/uses.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { errorText, getJson, postJson } from '../state/request.ts';
import { useFolderName } from '../state/use-folder-name.ts';
import { folderIcon } from './folder-look.tsx';

/** By depth; a class and not a style, which a page from the server may not have. */
const insets = ['ps-4', 'ps-8', 'ps-12', 'ps-16', 'ps-20', 'ps-24', 'ps-28'];

const uses: readonly FolderUse[] = ['drafts', 'sent', 'archive', 'junk', 'trash'];

export function FolderUses({ start }: { start: Folder[] }) {
  const t = useTranslations('folders');
  const toast = useToast();
  const nameOf = useFolderName();
  const [folders, setFolders] = useState(start);
  const changes = useRef(0);
  /** What is refused is shown as the server has it. */
  const send = async (body: object) => {
    const change = ++changes.current;
    try {
      await postJson('/api/mail/folders', body);
      toast.show({ text: t('uses.saved') });
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
    const fresh = await getJson<{ folders: Folder[] }>('/api/mail/folders').catch(() => null);
    // What was changed meanwhile is not in this answer yet.
    if (fresh && changes.current === change) setFolders(fresh.folders);
  };
  const subscribe = (path: string, isSubscribed: boolean) => {
    setFolders((all) => all.map((each) => (each.path === path ? { ...each, isSubscribed } : each)));
    void send({ kind: 'subscribe', folder: path, isSubscribed });
  };
  const own = folders.filter(
    ({ role, isShared, isSelectable }) =>
      isSelectable && !isShared && !['inbox', 'snoozed', 'deleted'].includes(role),
  );
  const listed = folders.filter(({ role }) => role !== 'deleted' && role !== 'inbox');
  return (
    <>
      <section aria-labelledby="uses" className="mt-8">
        <h2 id="uses" className="text-lg font-semibold">
          {t('uses.title')}
        </h2>
        <p className="mb-3 text-muted">{t('uses.help')}</p>
        <div className="grid gap-3 sm:grid-cols-2">
          {uses.map((use) => (
            <Field key={use} label={t(`uses.${use}`)}>
              <Select
                value={folders.find(({ role }) => role === use)?.path ?? ''}
                onChange={(event) => void send({ kind: 'use', use, folder: event.target.value })}
              >
                <option value="">{t('uses.none')}</option>
                {own.map((folder) => (
                  <option key={folder.path} value={folder.path}>
                    {folder.depth > 0 ? folder.path : nameOf(folder)}
                  </option>
                ))}
              </Select>
            </Field>
          ))}
        </div>
      </section>
      <section aria-labelledby="subscriptions" className="mt-8">
        <h2 id="subscriptions" className="text-lg font-semibold">
          {t('subscriptions.title')}
        </h2>
        <p className="mb-3 text-muted">{t('subscriptions.help')}</p>
        <ul className="divide-y rounded-lg border">
          {listed.map((folder) => (
            <li key={folder.path}>
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is its control */}
              <label
                className={joinClasses(
                  'flex min-h-10 items-center gap-3 pe-4 pointer-coarse:min-h-11 [&_svg]:size-4',
                  insets[Math.min(folder.depth, insets.length - 1)],
                )}
              >
                <Checkbox
                  checked={folder.isSubscribed}
                  aria-label={t('subscriptions.subscribe', { folder: folder.path })}
                  onChange={(event) => subscribe(folder.path, event.target.checked)}
                />
                {folderIcon(folder.role)}
                <span className="min-w-0 truncate" dir="auto">
                  {nameOf(folder)}
                </span>
              </label>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

// Everything by its name: commands, folders, pages of the options (Ctrl+K). Loaded when it is opened.
'use client';
import { Command as Palette } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { flushSync } from 'react-dom';
import { Kbd } from '#components/ui/kbd.tsx';
import { useModal } from '#components/ui/use-modal.ts';
import { folderIcon } from '../folders/folder-look.tsx';
import { hrefOf, optionsPages } from '../options/menu.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { type Command, commandGroups, commands, keysOf, splitKeys } from './commands.ts';
import type { Perform } from './use-commands.ts';

export function CommandPalette({
  mail,
  perform,
  onClose,
}: {
  mail: Mail;
  perform: Perform;
  onClose: () => void;
}) {
  const t = useTranslations('mail');
  const options = useTranslations('options');
  const router = useRouter();
  const { preferences } = usePreferences();
  const own = preferences['list.keys'];
  const hasTarget = mail.selected.size > 0 || mail.cursor !== null;
  const isOffered = ({ isStep, needs, id }: Command) =>
    !isStep &&
    id !== 'palette' &&
    (needs !== 'target' || hasTarget) &&
    (needs !== 'message' || mail.place.uid !== null);
  const run = (work: () => void) => () => {
    // First it gives the focus back: the work may want it elsewhere.
    flushSync(onClose);
    work();
  };
  const heading =
    '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted';
  return (
    <dialog
      {...useModal(true, onClose)}
      aria-label={t('palette')}
      className="mx-auto mt-[12dvh] mb-auto max-h-[70dvh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden rounded-lg border bg-surface p-0 text-ink shadow-float"
    >
      <Palette label={t('palette')} loop className="flex max-h-[70dvh] flex-col">
        <Palette.Input
          placeholder={t('paletteHint')}
          className="h-12 w-full shrink-0 border-b bg-surface px-4 text-base outline-none placeholder:text-faint pointer-coarse:text-lg"
        />
        <Palette.List className="min-h-0 flex-1 overflow-y-auto p-1.5">
          <Palette.Empty className="px-3 py-6 text-center text-muted">
            {t('paletteEmpty')}
          </Palette.Empty>
          {commandGroups.map((group) => (
            <Palette.Group key={group} heading={t(`groups.${group}`)} className={heading}>
              {commands
                .filter((each) => each.group === group && isOffered(each))
                .map((command) => (
                  <Entry
                    key={command.id}
                    value={`${t(`commands.${command.id}`)} ${command.id}`}
                    onSelect={run(() => void perform(command.id))}
                  >
                    <span className="min-w-0 flex-1 truncate">{t(`commands.${command.id}`)}</span>
                    {keysOf(command, own)
                      .slice(0, 1)
                      .flatMap(splitKeys)
                      .map((key, at) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: the same key twice has no other identity
                        <Kbd key={at}>{key}</Kbd>
                      ))}
                  </Entry>
                ))}
            </Palette.Group>
          ))}
          <Palette.Group heading={t('folders')} className={heading}>
            {mail.folders
              .filter(({ isSelectable }) => isSelectable)
              .map((folder) => (
                <Entry
                  key={folder.path}
                  value={`${mail.nameOf(folder)} ${folder.path}`}
                  onSelect={run(() =>
                    mail.go({ folder: folder.path, query: '', page: 1, uid: null }),
                  )}
                >
                  <span className="text-muted [&_svg]:size-4">{folderIcon(folder.role)}</span>
                  <span className="min-w-0 flex-1 truncate">{mail.nameOf(folder)}</span>
                </Entry>
              ))}
          </Palette.Group>
          <Palette.Group heading={options('title')} className={heading}>
            {optionsPages.map((page) => (
              <Entry
                key={page.id}
                value={`${options('title')} ${options(`pages.${page.id}.title`)}`}
                onSelect={run(() => mail.leave(() => router.push(hrefOf(page))))}
              >
                <page.icon aria-hidden className="size-4 text-muted" />
                <span className="min-w-0 flex-1 truncate">{options(`pages.${page.id}.title`)}</span>
              </Entry>
            ))}
          </Palette.Group>
        </Palette.List>
      </Palette>
    </dialog>
  );
}

function Entry({
  value,
  onSelect,
  children,
}: {
  value: string;
  onSelect: () => void;
  children: React.ReactNode;
}) {
  return (
    <Palette.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-accent-soft pointer-coarse:min-h-11"
    >
      {children}
    </Palette.Item>
  );
}

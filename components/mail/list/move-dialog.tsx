// Choosing a folder to move or copy to: type to narrow, arrows and Enter to choose.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { folderIcon } from '../folders/folder-look.tsx';
import type { Mail } from '../state/use-mail.ts';

export type Choosing = { ids: number[]; isCopy: boolean };

export function MoveDialog({
  mail,
  choosing,
  onClose,
}: {
  mail: Mail;
  choosing: Choosing | null;
  onClose: () => void;
}) {
  const t = useTranslations('list.choose');
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time it opens it begins anew
  useEffect(() => {
    setText('');
    setAt(0);
  }, [choosing]);
  const isCopy = choosing?.isCopy === true;
  const { everything } = mail;
  const count = everything?.count ?? choosing?.ids.length ?? 0;
  const wanted = text.trim().toLowerCase();
  const choices = mail.folders.filter(
    (folder) =>
      folder.isSelectable &&
      folder.role !== 'deleted' &&
      (isCopy || folder.path !== mail.place.folder) &&
      `${mail.nameOf(folder)} ${folder.path}`.toLowerCase().includes(wanted),
  );
  const choose = (path: string | undefined) => {
    if (path === undefined || !choosing) return;
    const kind = isCopy ? 'copy' : 'move';
    if (everything) void mail.runOnEverything({ kind, to: path }, t(`${kind}Title`, { count }));
    else if (isCopy) void mail.copy(choosing.ids, path);
    else void mail.move(choosing.ids, { to: path });
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((now) => (now + step + choices.length) % Math.max(1, choices.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(choices[at]?.path);
    }
  };
  return (
    <Dialog
      isOpen={choosing !== null}
      onClose={onClose}
      title={t(isCopy ? 'copyTitle' : 'moveTitle', { count })}
      size="sm"
    >
      <Input
        value={text}
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="move-choices"
        aria-activedescendant={choices[at] ? `move-${at}` : undefined}
        aria-label={t('folder')}
        placeholder={t('folder')}
        autoComplete="off"
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id="move-choices"
        role="listbox"
        aria-label={t('folders')}
        className="-mx-2 mt-2 max-h-72 min-h-24 overflow-y-auto"
      >
        {choices.map((folder, index) => (
          <button
            key={folder.path}
            id={`move-${index}`}
            type="button"
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => choose(folder.path)}
            onMouseMove={() => setAt(index)}
            style={{
              paddingInlineStart: `${0.5 + (wanted ? 0 : Math.min(folder.depth, 5)) * 0.875}rem`,
            }}
            className={joinClasses(
              'flex h-9 w-full items-center gap-2.5 rounded-md pe-2 text-start pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:text-muted',
              index === at && 'bg-accent-soft',
            )}
          >
            {folderIcon(folder.role)}
            <span className="truncate">{wanted ? folder.path : mail.nameOf(folder)}</span>
          </button>
        ))}
        {choices.length === 0 && <p className="px-2 py-3 text-muted">{t('none')}</p>}
      </div>
    </Dialog>
  );
}

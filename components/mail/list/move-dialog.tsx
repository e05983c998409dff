// Choosing a folder: type to narrow, arrows and Enter to choose.
'use client';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { Input } from '#components/ui/input.tsx';
import { folderIcon, folderName } from '../folders/folder-look.tsx';
import type { Mail } from '../state/use-mail.ts';

export function MoveDialog({
  mail,
  uids,
  onClose,
}: {
  mail: Mail;
  uids: number[] | null;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time it opens it begins anew
  useEffect(() => {
    setText('');
    setAt(0);
  }, [uids]);
  const wanted = text.trim().toLowerCase();
  const choices = mail.folders.filter(
    (folder) =>
      folder.isSelectable &&
      folder.role !== 'deleted' &&
      folder.path !== mail.place.folder &&
      `${folderName(folder)} ${folder.path}`.toLowerCase().includes(wanted),
  );
  const choose = (path: string | undefined) => {
    if (path === undefined || !uids) return;
    void mail.move(uids, { to: path });
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
      isOpen={uids !== null}
      onClose={onClose}
      title={`Move ${formatPlural(uids?.length ?? 0, 'message')} to`}
      size="sm"
    >
      <Input
        value={text}
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="move-choices"
        aria-activedescendant={choices[at] ? `move-${at}` : undefined}
        aria-label="Folder"
        placeholder="Folder"
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
        aria-label="Folders"
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
            style={{ paddingLeft: `${0.5 + (wanted ? 0 : Math.min(folder.depth, 5)) * 0.875}rem` }}
            className={joinClasses(
              'flex h-9 w-full items-center gap-2.5 rounded-md pr-2 text-left pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:text-muted',
              index === at && 'bg-accent-soft',
            )}
          >
            {folderIcon(folder.role)}
            <span className="truncate">{wanted ? folder.path : folderName(folder)}</span>
          </button>
        ))}
        {choices.length === 0 && <p className="px-2 py-3 text-muted">No such folder.</p>}
      </div>
    </Dialog>
  );
}

// The files of a message being written, with their progress; several can be chosen and removed together. A file that has
// arrived can be given another name, a picture be turned.
'use client';
import { Paperclip, Pencil, RotateCw, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import { errorText, patchJson } from '../state/request.ts';
import { isTurnable, turnPicture } from './turn-picture.ts';
import type { ComposerModel } from './use-composer.ts';
import type { ComposerFile } from './use-files.ts';

export function ComposerFiles({
  composer,
  maxFileBytes,
}: {
  composer: ComposerModel;
  maxFileBytes: number;
}) {
  const t = useTranslations('compose.files');
  const locale = useLocale();
  const { files, detach } = composer.files;
  const [chosen, setChosen] = useState<number[]>([]);
  const selected = chosen.filter((key) => files.some((file) => file.key === key));
  if (files.length === 0) return null;
  const toggle = (key: number) =>
    setChosen(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  return (
    <div className="shrink-0 px-4 pb-3">
      <ul aria-label={t('attached')} className="flex max-h-36 flex-wrap gap-2 overflow-y-auto">
        {files.map((file) => (
          <FileChip
            key={file.key}
            file={file}
            composer={composer}
            choosing={
              files.length > 1
                ? { isChosen: selected.includes(file.key), toggle: () => toggle(file.key) }
                : null
            }
          />
        ))}
      </ul>
      {(selected.length > 0 || maxFileBytes > 0) && (
        <p className="mt-1.5 flex items-center gap-3 text-xs text-faint">
          {selected.length > 0 && (
            <Button size="sm" variant="danger-ghost" onClick={() => detach(selected)}>
              {t('removeSelected', { count: selected.length })}
            </Button>
          )}
          {maxFileBytes > 0 && t('limit', { size: formatBytes(maxFileBytes, locale) })}
        </p>
      )}
    </div>
  );
}

function FileChip({
  file,
  composer,
  choosing,
}: {
  file: ComposerFile;
  composer: ComposerModel;
  choosing: { isChosen: boolean; toggle: () => void } | null;
}) {
  const t = useTranslations('compose.files');
  const locale = useLocale();
  const toast = useToast();
  const [isNaming, setIsNaming] = useState(false);
  const [isTurning, setIsTurning] = useState(false);
  const { key, fileName: name, upload } = file;
  const { alter, detach } = composer.files;
  const rename = async (next: string) => {
    setIsNaming(false);
    if (next.trim() === '' || next === name) return;
    const change = async ({ id }: Upload) => {
      const path = `/api/mail/upload?id=${encodeURIComponent(id)}`;
      return (await patchJson<{ upload: Upload }>(path, { name: next })).upload;
    };
    await alter(key, change).catch((error: unknown) =>
      toast.show({ kind: 'error', text: errorText(error) }),
    );
  };
  const turn = async () => {
    setIsTurning(true);
    await alter(key, turnPicture).catch(() => toast.show({ kind: 'error', text: t('notTurned') }));
    setIsTurning(false);
  };
  return (
    <li className="relative flex max-w-full items-center gap-2 overflow-hidden rounded-md border bg-canvas py-0.5 ps-2.5 pe-0.5">
      {choosing ? (
        <input
          type="checkbox"
          aria-label={t('select', { name })}
          checked={choosing.isChosen}
          onChange={choosing.toggle}
          className="size-3.5 shrink-0 accent-accent pointer-coarse:size-5"
        />
      ) : (
        <Paperclip aria-hidden className="size-3.5 shrink-0 text-faint" />
      )}
      {isNaming ? (
        <NameField name={name} onDone={rename} onCancel={() => setIsNaming(false)} />
      ) : (
        <span className="max-w-52 truncate text-sm" title={name}>
          <bdi>{name}</bdi>
        </span>
      )}
      <span
        className={`shrink-0 text-xs tabular-nums ${file.error ? 'text-danger-text' : 'text-faint'}`}
      >
        {file.error
          ? file.error
          : upload
            ? formatBytes(file.sizeBytes, locale)
            : t('share', { percent: Math.round(file.share * 100) })}
      </span>
      <span className="flex shrink-0">
        {upload && !isNaming && (
          <IconButton
            label={t('rename', { name })}
            icon={<Pencil />}
            size="sm"
            onClick={() => setIsNaming(true)}
          />
        )}
        {upload && isTurnable(upload) && (
          <IconButton
            label={t('rotate', { name })}
            icon={<RotateCw />}
            size="sm"
            disabled={isTurning}
            onClick={() => void turn()}
          />
        )}
        <IconButton
          label={t('remove', { name })}
          icon={<X />}
          size="sm"
          onClick={() => detach([key])}
        />
      </span>
      {!upload && !file.error && (
        <span
          aria-hidden
          className="absolute start-0 bottom-0 h-0.5 bg-accent transition-[width]"
          style={{ width: `${file.share * 100}%` }}
        />
      )}
    </li>
  );
}

/** Enter and leaving the field take the name, Esc leaves it as it was. */
function NameField({
  name,
  onDone,
  onCancel,
}: {
  name: string;
  onDone: (name: string) => void;
  onCancel: () => void;
}) {
  const t = useTranslations('compose.files');
  const [text, setText] = useState(name);
  // The field loses the focus when it goes, too.
  const isDone = useRef(false);
  const end = (next: string | null) => {
    if (isDone.current) return;
    isDone.current = true;
    if (next === null) onCancel();
    else onDone(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    end(event.key === 'Enter' ? text : null);
  };
  return (
    <input
      aria-label={t('name')}
      value={text}
      maxLength={200}
      spellCheck={false}
      // biome-ignore lint/a11y/noAutofocus: it was just asked for
      autoFocus
      // Without its ending, which mostly stays.
      onFocus={({ target }) => {
        const dot = name.lastIndexOf('.');
        target.setSelectionRange(0, dot > 0 ? dot : name.length);
      }}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => end(text)}
      className="h-7 w-52 max-w-full min-w-0 rounded-sm border border-line-strong bg-surface px-1.5 text-sm pointer-coarse:h-9 pointer-coarse:text-base"
    />
  );
}

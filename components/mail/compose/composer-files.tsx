// The files of a message being written, with their progress; several can be chosen and removed together.
'use client';
import { Paperclip, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { ComposerModel } from './use-composer.ts';

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
          <li
            key={file.key}
            className="relative flex max-w-full items-center gap-2 overflow-hidden rounded-md border bg-canvas py-0.5 ps-2.5 pe-0.5"
          >
            {files.length > 1 ? (
              <input
                type="checkbox"
                aria-label={t('select', { name: file.fileName })}
                checked={selected.includes(file.key)}
                onChange={() => toggle(file.key)}
                className="size-3.5 shrink-0 accent-accent pointer-coarse:size-5"
              />
            ) : (
              <Paperclip aria-hidden className="size-3.5 shrink-0 text-faint" />
            )}
            <span className="max-w-52 truncate text-sm" title={file.fileName}>
              <bdi>{file.fileName}</bdi>
            </span>
            <span
              className={`shrink-0 text-xs tabular-nums ${file.error ? 'text-danger-text' : 'text-faint'}`}
            >
              {file.error
                ? file.error
                : file.upload
                  ? formatBytes(file.sizeBytes, locale)
                  : t('share', { percent: Math.round(file.share * 100) })}
            </span>
            <IconButton
              label={t('remove', { name: file.fileName })}
              icon={<X />}
              size="sm"
              onClick={() => detach([file.key])}
            />
            {!file.upload && !file.error && (
              <span
                aria-hidden
                className="absolute start-0 bottom-0 h-0.5 bg-accent transition-[width]"
                style={{ width: `${file.share * 100}%` }}
              />
            )}
          </li>
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

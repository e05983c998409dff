// The files of a message being written, with their progress.
'use client';
import { Paperclip, X } from 'lucide-react';
import { formatBytes } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { useComposer } from './use-composer.ts';

export function ComposerFiles({ composer }: { composer: ReturnType<typeof useComposer> }) {
  if (composer.files.length === 0) return null;
  return (
    <ul
      aria-label="Attached files"
      className="flex max-h-36 shrink-0 flex-wrap gap-2 overflow-y-auto px-4 pb-3"
    >
      {composer.files.map((file) => (
        <li
          key={file.key}
          className="relative flex max-w-full items-center gap-2 overflow-hidden rounded-md border bg-canvas py-0.5 pr-0.5 pl-2.5"
        >
          <Paperclip aria-hidden className="size-3.5 shrink-0 text-faint" />
          <span className="max-w-52 truncate text-sm" title={file.fileName}>
            <bdi>{file.fileName}</bdi>
          </span>
          <span className="shrink-0 text-xs text-faint tabular-nums">
            {file.error
              ? file.error
              : file.upload
                ? formatBytes(file.sizeBytes)
                : `${Math.round(file.share * 100)} %`}
          </span>
          <IconButton
            label={`Remove ${file.fileName}`}
            icon={<X />}
            size="sm"
            onClick={() => composer.detach(file.key)}
          />
          {!file.upload && !file.error && (
            <span
              aria-hidden
              className="absolute bottom-0 left-0 h-0.5 bg-accent transition-[width]"
              style={{ width: `${file.share * 100}%` }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

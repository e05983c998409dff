// The files of a message: looked at where that is harmless, downloaded otherwise.
'use client';
import {
  Download,
  File,
  FileArchive,
  FileAudio,
  FileImage,
  FileText,
  FileVideo,
  Mail,
} from 'lucide-react';
import dynamic from 'next/dynamic';
import { useLocale, useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { formatBytes } from '#components/ui/format.ts';
import type { Attachment } from '#lib/webmail/reader/structure.ts';
import type { FramePlace } from './html-frame.tsx';
import { partUrl, viewerOf } from './part-url.ts';

const AttachmentViewer = dynamic(
  () => import('./attachment-viewer.tsx').then((file) => file.AttachmentViewer),
  { loading: () => null },
);

export function AttachmentList({
  place,
  attachments,
}: {
  place: FramePlace;
  attachments: Attachment[];
}) {
  const t = useTranslations('reader.attachments');
  const [viewed, setViewed] = useState<Attachment | null>(null);
  if (attachments.length === 0) return null;
  const query = new URLSearchParams({ folder: place.folder, uid: String(place.uid) });
  return (
    <div className="mx-4 mb-3 flex shrink-0 flex-wrap items-center gap-2 max-md:max-h-40 max-md:overflow-y-auto md:mx-6 print:hidden">
      <ul aria-label={t('label')} className="contents">
        {attachments.map((attachment) => (
          <AttachmentChip
            key={attachment.part}
            place={place}
            attachment={attachment}
            onView={() => setViewed(attachment)}
          />
        ))}
      </ul>
      {attachments.length > 1 && (
        <a
          href={`/api/mail/attachments?${query}`}
          download=""
          className="rounded-md px-2 py-1.5 text-sm text-accent-text hover:bg-hover pointer-coarse:py-3"
        >
          {t('all')}
        </a>
      )}
      {viewed && (
        <AttachmentViewer
          place={place}
          attachment={viewed}
          drawFiles={(inner) => <AttachmentList place={place} attachments={inner} />}
          others={attachments.filter((each) => viewerOf(each) !== null)}
          onShow={setViewed}
          onClose={() => setViewed(null)}
        />
      )}
    </div>
  );
}

function AttachmentChip({
  place,
  attachment,
  onView,
}: {
  place: FramePlace;
  attachment: Attachment;
  onView: () => void;
}) {
  const t = useTranslations('reader.attachments');
  const locale = useLocale();
  const url = partUrl(place, attachment.part);
  const size = formatBytes(attachment.sizeBytes, locale);
  const content = (
    <>
      <span className="text-faint">{iconOf(attachment)}</span>
      <span className="min-w-0">
        <span className="block max-w-56 truncate text-sm font-medium" title={attachment.fileName}>
          <bdi>{attachment.fileName}</bdi>
        </span>
        <span className="block text-xs text-faint">{size}</span>
      </span>
    </>
  );
  const look =
    'flex min-w-0 items-center gap-2.5 px-2.5 py-1.5 text-start -outline-offset-2 hover:bg-hover pointer-coarse:min-h-11 [&_svg]:size-5 [&_svg]:shrink-0';
  return (
    <li className="flex max-w-full items-stretch overflow-hidden rounded-md border bg-surface">
      {viewerOf(attachment) ? (
        <button type="button" onClick={onView} className={look}>
          <span className="sr-only">{t('view', { name: attachment.fileName })}</span>
          {content}
        </button>
      ) : (
        <a href={url} download="" className={look}>
          {content}
        </a>
      )}
      <a
        href={url}
        download=""
        aria-label={t('downloadOf', { name: attachment.fileName })}
        title={t('download')}
        className="flex items-center border-s px-2 text-muted -outline-offset-2 hover:bg-hover hover:text-ink pointer-coarse:px-3.5"
      >
        <Download aria-hidden className="size-4" />
      </a>
    </li>
  );
}

function iconOf({ type }: Attachment): ReactNode {
  if (type.startsWith('image/')) return <FileImage aria-hidden />;
  if (type.startsWith('audio/')) return <FileAudio aria-hidden />;
  if (type.startsWith('video/')) return <FileVideo aria-hidden />;
  if (type === 'message/rfc822') return <Mail aria-hidden />;
  if (/zip|compressed|tar|rar|7z/.test(type)) return <FileArchive aria-hidden />;
  if (/^text\/|pdf|document|sheet|presentation/.test(type)) return <FileText aria-hidden />;
  return <File aria-hidden />;
}

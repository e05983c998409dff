// The files of a message: looked at where that is harmless, downloaded otherwise.
'use client';
import { Download, File, FileArchive, FileImage, FileText, Mail } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatBytes } from '#components/ui/format.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { Attachment } from '#lib/webmail/reader/structure.ts';

const viewable = /^(?:image\/(?:png|jpe?g|pjpeg|gif|webp|avif|bmp)|text\/plain)$/;

export function AttachmentList({ message }: { message: MessageView }) {
  if (message.attachments.length === 0) return null;
  return (
    <ul
      aria-label="Attachments"
      className="mx-4 mb-3 flex shrink-0 flex-wrap gap-2 max-md:max-h-32 max-md:overflow-y-auto md:mx-6 print:hidden"
    >
      {message.attachments.map((attachment) => (
        <AttachmentChip key={attachment.part} message={message} attachment={attachment} />
      ))}
    </ul>
  );
}

function AttachmentChip({ message, attachment }: { message: MessageView; attachment: Attachment }) {
  const query = new URLSearchParams({
    folder: message.folder,
    uid: String(message.uid),
    part: attachment.part,
  });
  const url = `/api/mail/part?${query}`;
  const isViewable = viewable.test(attachment.type);
  return (
    <li className="flex max-w-full items-stretch overflow-hidden rounded-md border bg-surface">
      <a
        href={isViewable ? `${url}&view=1` : url}
        {...(isViewable ? { target: '_blank', rel: 'noopener noreferrer' } : { download: '' })}
        className="flex min-w-0 items-center gap-2.5 px-2.5 py-1.5 -outline-offset-2 hover:bg-hover [&_svg]:size-5 [&_svg]:shrink-0"
      >
        <span className="text-faint">{iconOf(attachment)}</span>
        <span className="min-w-0">
          <span className="block max-w-56 truncate text-sm font-medium" title={attachment.fileName}>
            <bdi>{attachment.fileName}</bdi>
          </span>
          <span className="block text-xs text-faint">{formatBytes(attachment.sizeBytes)}</span>
        </span>
      </a>
      <a
        href={url}
        download=""
        aria-label={`Download ${attachment.fileName}`}
        title="Download"
        className="flex items-center border-l px-2 text-muted -outline-offset-2 hover:bg-hover hover:text-ink"
      >
        <Download aria-hidden className="size-4" />
      </a>
    </li>
  );
}

function iconOf({ type }: Attachment): ReactNode {
  if (type.startsWith('image/')) return <FileImage aria-hidden />;
  if (type === 'message/rfc822') return <Mail aria-hidden />;
  if (/zip|compressed|tar|rar|7z/.test(type)) return <FileArchive aria-hidden />;
  if (/^text\/|pdf|document|sheet|presentation/.test(type)) return <FileText aria-hidden />;
  return <File aria-hidden />;
}

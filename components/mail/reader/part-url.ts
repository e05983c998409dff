// Addresses of the parts of a message, and which of our viewers shows a part. Pure.
import type { Attachment } from '#lib/webmail/reader/structure.ts';
import type { FramePlace } from './html-frame.tsx';

export function partUrl({ folder, uid }: FramePlace, part: string, isView = false): string {
  const query = new URLSearchParams({ folder, uid: String(uid), part });
  if (isView) query.set('view', '1');
  return `/api/mail/part?${query}`;
}

export type ViewerKind = 'image' | 'text' | 'audio' | 'video' | 'message';

const textTypes =
  /^(?:text\/(?:plain|csv|markdown|x-\w+|css|html|xml|vcard|calendar|rtf|x-vcard)|application\/(?:json|xml|x-yaml|javascript|x-sh|sql|pgp-\w+)|message\/(?:delivery-status|disposition-notification|rfc822-headers|global-headers))$/;
const textNames = /\.(?:txt|log|md|csv|json|xml|ya?ml|ini|conf|diff|patch|eml|ics|vcf)$/i;
const mostText = 512 * 1024;

/** Which viewer shows it; null = download only. What a page could run is shown as its text. */
export function viewerOf({ type, fileName, sizeBytes }: Attachment): ViewerKind | null {
  if (/^image\/(?:png|jpe?g|pjpeg|gif|webp|avif|bmp)$/.test(type)) return 'image';
  if (/^audio\/(?:mpeg|mp3|mp4|ogg|opus|wav|x-wav|webm|aac|flac)$/.test(type)) return 'audio';
  if (/^video\/(?:mp4|webm|ogg)$/.test(type)) return 'video';
  if (type === 'message/rfc822') return 'message';
  if (type === 'text/plain') return 'text';
  if (sizeBytes > mostText) return null;
  const isNamedText = type === 'application/octet-stream' && textNames.test(fileName);
  return textTypes.test(type) || isNamedText ? 'text' : null;
}

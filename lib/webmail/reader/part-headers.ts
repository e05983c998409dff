// The HTTP headers under which bytes of a message leave our origin. The declared type is the sender's claim:
// only a short list of types that no browser runs is passed on; everything else is a download of unknown
// kind. The CSP sandbox holds even for a browser that would guess otherwise.
import { contentDisposition } from './file-name.ts';

const inlineTypes = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
]);

/** Sound and films: players run nothing. */
const mediaTypes = new Set(
  (
    'audio/mpeg audio/mp4 audio/ogg audio/wav audio/webm audio/aac audio/flac ' +
    'video/mp4 video/webm video/ogg'
  ).split(' '),
);
const sameTypes: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/opus': 'audio/ogg',
};

/** The type a part may be shown as: a raster image, sound, film or plain text, or null for download only. */
export function viewableType(declared: string): string | null {
  const said = declared.trim().toLowerCase();
  const type = sameTypes[said] ?? said;
  if (inlineTypes.has(type) || mediaTypes.has(type)) return type;
  // text/html, text/xml, text/css and friends never keep their type.
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : null;
}

/** Headers of one part. `isView` asks to show it in the browser, which is granted for viewable types only. */
export function partHeaders(part: {
  type: string;
  fileName: string;
  isView: boolean;
}): Record<string, string> {
  const type = part.isView ? viewableType(part.type) : null;
  return {
    'content-type': type ?? 'application/octet-stream',
    'content-disposition': contentDisposition(type ? 'inline' : 'attachment', part.fileName),
    // The styles are those of the browser's own page around a picture.
    'content-security-policy':
      "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, max-age=3600',
    'x-frame-options': 'DENY',
  };
}

/** True where the first bytes are those of the raster image that `type` names. */
export function isRasterImage(type: string, bytes: Uint8Array): boolean {
  const starts = (...expected: number[]) => expected.every((value, i) => bytes[i] === value);
  const text = (from: number, length: number) =>
    String.fromCharCode(...bytes.subarray(from, from + length));
  switch (viewableType(type)) {
    case 'image/png':
      return starts(0x89, 0x50, 0x4e, 0x47);
    case 'image/jpeg':
      return starts(0xff, 0xd8, 0xff);
    case 'image/gif':
      return text(0, 4) === 'GIF8';
    case 'image/webp':
      return text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP';
    case 'image/bmp':
      return text(0, 2) === 'BM';
    case 'image/avif':
      return text(4, 4) === 'ftyp' && /avif|avis|mif1/.test(text(8, 16));
    default:
      return false;
  }
}

// Photos of contacts: small raster images only, recognized by their first bytes, never by what somebody calls them
// (an SVG may carry a script). Pure.
import { Refusal } from '../errors.ts';

export type Photo = {
  type: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';
  /** base64 */
  data: string;
};

export const maxPhotoBytes = 100 * 1024;

/** The photo in form, or null; one that does not fit is left out, or refused where `isStrict`. */
export function checkPhoto(input: unknown, isStrict = false): Photo | null {
  if (typeof input !== 'object' || input === null) return null;
  const { data } = input as { data?: unknown };
  if (typeof data !== 'string' || data === '') return null;
  if (data.length > maxPhotoBytes * 1.4) return refuse('too-big', isStrict);
  const bytes = Buffer.from(data, 'base64');
  const type = recognizeImage(bytes);
  return type ? { type, data: bytes.toString('base64') } : refuse('invalid', isStrict);
}

function refuse(reason: 'too-big' | 'invalid', isStrict: boolean): null {
  if (!isStrict) return null;
  const text =
    reason === 'too-big' ? 'The photo is too large.' : 'A photo is a JPEG, PNG, GIF or WebP image.';
  throw new Refusal(reason, text, 'photo');
}

function recognizeImage(bytes: Buffer): Photo['type'] | null {
  const text = bytes.subarray(0, 12).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  return /^RIFF.{4}WEBP$/s.test(text) ? 'image/webp' : null;
}

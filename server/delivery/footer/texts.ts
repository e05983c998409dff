// Where a footer goes in a message: below its first text, in each of the forms that the text has.
import type { Part } from '#lib/mail/mime.ts';

/** Changed by anything that is added. */
const sealedSubtypes = new Set(['signed', 'encrypted', 'report']);
const sealedTypes = /^(?:x-)?(?:pkcs7-(?:mime|signature)|pgp-(?:encrypted|signature))$/;

/** The parts; empty where there is no text to add to; null where nothing may be added. */
export function listTexts(part: Part): Part[] | null {
  const { type, subtype, children } = part;
  if (type === 'application' && sealedTypes.test(subtype)) return null;
  if (type === 'text') {
    const isText = subtype === 'plain' || subtype === 'html';
    return isText && part.disposition !== 'attachment' ? [part] : [];
  }
  if (type !== 'multipart') return [];
  if (sealedSubtypes.has(subtype)) return null;
  // RFC 2046 §5.1.4: the same in several forms. Of all others the first part is what is read.
  const forms = subtype === 'alternative' ? children : children.slice(0, 1);
  const texts: Part[] = [];
  for (const form of forms) {
    const found = listTexts(form);
    if (found === null) return null;
    texts.push(...found);
  }
  return texts;
}

// Signatures in text and HTML that is being written: put in, and exchanged when the sender changes. The mark is that of
// RFC 3676 §4.3. Pure; browser and server use it.
import { toPlainText, toRichText } from './rich-text.ts';

export type Signature = {
  text: string;
  /** Cleaned markup; empty = the plain one */
  html: string;
};

export const signatureClass = 'drey-signature';
const noSignature: Signature = { text: '', html: '' };

/** Text and HTML of a signature, each made from the other where one is missing. */
export function completeSignature(signature: Signature = noSignature): Signature {
  const text = signature.text.trimEnd();
  const { html } = signature;
  return { text: text || toPlainText(html), html: html || (text ? toRichText(text) : '') };
}

/** "-- " and the lines of the signature; empty without one. */
export function signatureBlock(signature: Signature): string {
  const { text } = completeSignature(signature);
  return text === '' ? '' : `-- \n${text}`;
}

/** The signature as an element that is found again; empty without one. */
export function signatureElement(signature: Signature): string {
  const { html } = completeSignature(signature);
  return html === '' ? '' : `<div class="${signatureClass}">${html}</div>`;
}

/**
 * `text` with the signature `before` exchanged for `after`. What the user changed in it stays. Where there was none,
 * the new one goes above the quote or, with `isBelow`, to the end.
 */
export function swapSignature(
  text: string,
  before: Signature,
  after: Signature,
  isBelow: boolean,
): string {
  const [old, fresh] = [signatureBlock(before), signatureBlock(after)];
  const at = old === '' ? -1 : text.lastIndexOf(old);
  if (at >= 0) {
    const rest = text.slice(at + old.length);
    if (fresh !== '') return text.slice(0, at) + fresh + rest;
    return text.slice(0, at).replace(/\n\n$/, '') + rest;
  }
  if (fresh === '' || old !== '') return text;
  return insertSignature(text, fresh, isBelow);
}

function insertSignature(text: string, block: string, isBelow: boolean): string {
  const lines = text.split('\n');
  const quote = isBelow ? -1 : lines.findIndex((line) => line.startsWith('>'));
  if (quote < 0) return `${text.trimEnd()}\n\n${block}`;
  // The line that introduces the quote belongs to it.
  let start = quote;
  while (start > 0 && lines[start - 1]?.trim() !== '') start--;
  const head = lines.slice(0, start).join('\n').trimEnd();
  return `${head}\n\n${block}\n\n${lines.slice(start).join('\n')}`;
}

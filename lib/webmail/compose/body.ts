// The body of a message in its two forms. In HTML that is sent, the sealed original stands between two comments, so that a
// draft comes apart again the way it was put together; a cleaner drops comments, so nobody else's text can bring them.
import { hasFormats, toPlainText } from '../../mail/rich-text.ts';
import type { Quote } from './form.ts';
import { cleanOutgoing } from './outgoing-html.ts';

const begin = '<!--drey-quote-->';
const end = '<!--/drey-quote-->';
const uploadUrl = /^\/api\/mail\/upload\?id=([\w-]{24})$/;
const cidUrl = /^cid:([\w-]{24})$/;

/** What the editor wrote, cleaned: images of our own become cid: references to their uploads. */
export function cleanWritten(html: string): string {
  return cleanOutgoing(html, {
    resolveImage: (url) => {
      const id = (uploadUrl.exec(url) ?? cidUrl.exec(url))?.[1];
      if (id) return `cid:${id}`;
      return /^https?:\/\//i.test(url) ? url : null;
    },
  });
}

/** The reverse: markup for the editor, whose images it can show. */
export function toEditorHtml(html: string): string {
  return html.replace(/(<img\b[^>]*?\ssrc=")cid:([\w-]{24})"/gi, '$1/api/mail/upload?id=$2"');
}

/** Ids of the uploads that HTML shows as images. */
export function listImageIds(html: string): string[] {
  const ids = [...html.matchAll(/\ssrc="cid:([\w-]{24})"/gi)].map((match) => match[1]!);
  return [...new Set(ids)].slice(0, 200);
}

/** The whole HTML body out of what is written and the sealed original; `font` is CSS for what is written. */
export function joinBody(
  written: string,
  quote: { html: string; place: Quote['place'] } | null,
  font: string,
): string {
  const own = font === '' ? written : `<div style="${font}">${written}</div>`;
  const sealed = quote ? `${begin}<div>${quote.html}</div>${end}` : '';
  const body = quote?.place === 'above' ? sealed + own : own + sealed;
  return `<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`;
}

/** The parts of joinBody()'s HTML; another program's HTML is all written. */
export function splitBody(html: string): {
  written: string;
  quote: { html: string; place: Quote['place'] } | null;
} {
  const from = html.indexOf(begin);
  const to = from < 0 ? -1 : html.indexOf(end, from);
  if (to < 0) return { written: bodyOf(html), quote: null };
  const before = bodyOf(html.slice(0, from));
  const after = bodyOf(html.slice(to + end.length));
  const sealed = html.slice(from + begin.length, to).replace(/^<div>|<\/div>$/g, '');
  const place = before.trim() === '' && after.trim() !== '' ? 'above' : 'below';
  return { written: before + after, quote: { html: sealed, place } };
}

function bodyOf(html: string): string {
  return html.replace(/^[\s\S]*?<body[^>]*>/i, '').replace(/<\/body>[\s\S]*$/i, '');
}

/** Whether the HTML says nothing that its text would not. */
export function isPlain(written: string, hasQuote: boolean): boolean {
  return !hasQuote && !hasFormats(written.replace(/<div class="drey-signature">/g, '<div>'));
}

/** The plain text of what is sent as HTML. */
export function textOf(html: string): string {
  return toPlainText(bodyOf(html));
}

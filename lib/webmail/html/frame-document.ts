// The second wall around message HTML: a document of its own with an opaque origin (CSP sandbox without
// allow-same-origin and without allow-scripts), which may load nothing but inline data and, once asked for,
// images. Whatever a cleaner might miss can neither run nor reach anything here.
import type { CleanHtml } from './clean-html.ts';

export type FrameDocument = { html: string; headers: Record<string, string> };

/**
 * The whole document for the frame. `mayLoadRemote` opens images only; `isDark` is honoured where the message
 * sets no colours of its own.
 */
export function frameDocument(
  clean: CleanHtml,
  options: { mayLoadRemote: boolean; isDark: boolean },
): FrameDocument {
  const isDark = options.isDark && !clean.hasColors;
  const html =
    '<!doctype html><html><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<meta name="referrer" content="no-referrer"><base target="_blank">' +
    `<style>${baseStyle(isDark)}</style><style>${clean.css}</style></head>` +
    `<body>${clean.html}</body></html>`;
  return { html, headers: frameHeaders(options.mayLoadRemote) };
}

/** Headers of the frame; also for its error pages. */
export function frameHeaders(mayLoadRemote: boolean): Record<string, string> {
  const images = mayLoadRemote ? 'data: https: http:' : 'data:';
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; img-src ${images}; style-src 'unsafe-inline'; form-action 'none'; ` +
      "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'x-dns-prefetch-control': 'off',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store',
  };
}

function baseStyle(isDark: boolean): string {
  const colors = isDark
    ? 'color-scheme:dark;color:#eceef1;background:#191b1f'
    : 'color-scheme:light;color:#1a1d21;background:#fff';
  return (
    `html{${colors}}` +
    'body{margin:0;padding:4px 24px 32px;font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;' +
    'overflow-wrap:break-word}' +
    'img{max-width:100%}img[src]{height:auto}img:not([src])[alt]:not([alt=""]){display:inline-block;' +
    'box-sizing:border-box;width:auto;height:auto;padding:4px 8px;border:1px dashed #8a93a3;' +
    'border-radius:4px;font-size:13px;color:#5b6472;background:#fff}' +
    'table{max-width:100%}pre{white-space:pre-wrap}' +
    `a{color:${isDark ? '#8ab4ff' : '#1f5fd0'}}` +
    `blockquote{margin:0 0 0 4px;padding:0 0 0 12px;border-left:2px solid ${isDark ? '#3b424c' : '#d5dae1'}}` +
    '@media(max-width:430px){body{padding:4px 16px 24px}}'
  );
}

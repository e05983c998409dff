// The second wall around message HTML: a document of its own with an opaque origin (CSP sandbox without
// allow-same-origin and without allow-scripts), which may load nothing but inline data and, once asked for,
// images by way of our server. Whatever a cleaner might miss can neither run nor reach anything here.
import type { CleanHtml } from './clean-html.ts';

export type FrameDocument = { html: string; headers: Record<string, string> };
export type FrameContent = Pick<CleanHtml, 'html' | 'css' | 'hasColors'> & {
  hasDarkColors?: boolean;
  isLaidOut?: boolean;
};
export type FrameOptions = {
  mayLoadRemote: boolean;
  isDark: boolean;
  /** Where pictures come from once they may: a CSP source, our own /api/mail/image */
  imageSource?: string;
  /** Messages that know no dark colours are shown in theirs turned around. */
  mayRecolor?: boolean;
};

/** How a message is shown in dark surroundings: in its own dark colours, in ours, turned around, or as light paper. */
export type Tint = 'light' | 'own' | 'dark' | 'turned';

/** The tint of a message. */
export function chooseTint(
  clean: Pick<FrameContent, 'hasColors' | 'hasDarkColors'>,
  { isDark, mayRecolor = false }: Pick<FrameOptions, 'isDark' | 'mayRecolor'>,
): Tint {
  if (!isDark) return 'light';
  if (clean.hasDarkColors) return 'own';
  if (!clean.hasColors) return 'dark';
  return mayRecolor ? 'turned' : 'light';
}

/** The whole document for the frame. `mayLoadRemote` opens images only. */
export function frameDocument(clean: FrameContent, options: FrameOptions): FrameDocument {
  const html =
    `<!doctype html><html><head>${documentHead}` +
    `<style>${baseStyle(chooseTint(clean, options), clean.isLaidOut)}</style><style>${clean.css}</style></head>` +
    `<body>${clean.html}</body></html>`;
  return { html, headers: frameHeaders(options.mayLoadRemote, options.imageSource) };
}

export const documentHead =
  '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
  '<meta name="referrer" content="no-referrer"><meta name="format-detection" content="telephone=no">' +
  '<base target="_blank">';

/** Headers of the frame; also for its error pages. */
export function frameHeaders(
  mayLoadRemote: boolean,
  imageSource = "'none'",
): Record<string, string> {
  const images = mayLoadRemote && imageSource !== "'none'" ? `data: ${imageSource}` : 'data:';
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

const tints: Record<Tint, string> = {
  light: 'html{color-scheme:light;color:#1a1d21;background:#fff}',
  own: 'html{color-scheme:dark;color:#eceef1;background:#191b1f}',
  dark: 'html{color-scheme:dark;color:#eceef1;background:#191b1f}',
  // What is light becomes dark and keeps its hue; what differs in light differs in dark, so nothing appears that was
  // hidden. Pictures are turned back.
  turned:
    'html{color-scheme:light;color:#1a1d21;background:#fff;filter:invert(.9) hue-rotate(180deg)}' +
    'img[src]{filter:invert(1) hue-rotate(180deg) contrast(.9)}',
};

/**
 * Looks that every message has; its own rules come after them. What is laid out by tables is mostly 600 pixels wide with
 * edges of its own: where the pane is hardly wider ours give way and it is drawn a little smaller, so that it need not be
 * moved sideways.
 */
export function baseStyle(tint: Tint, isLaidOut = false): string {
  const isDark = tint === 'dark' || tint === 'own';
  const edge = isLaidOut ? 'clamp(0px,calc((100% - 672px)/2),24px)' : '24px';
  return (
    tints[tint] +
    `body{margin:0;padding:4px ${edge} 32px;` +
    'font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;' +
    'overflow-wrap:break-word}' +
    'img{max-width:100%}img[src]{height:auto}img:not([src])[alt]:not([alt=""]){display:inline-block;' +
    'box-sizing:border-box;width:auto;height:auto;padding:4px 8px;border:1px dashed #8a93a3;' +
    'border-radius:4px;font-size:13px;color:#5b6472;background:#fff}' +
    'table{max-width:100%}pre{white-space:pre-wrap}' +
    `a{color:${isDark ? '#8ab4ff' : '#1f5fd0'}}` +
    `blockquote{margin:0;margin-inline-start:4px;padding:0;padding-inline-start:12px;border:0;` +
    `border-inline-start:2px solid ${isDark ? '#3b424c' : '#d5dae1'}}` +
    linkStyle +
    (isLaidOut ? '@media(min-width:600px) and (max-width:671px){body{zoom:.92}}' : '') +
    `@media(max-width:430px){body{padding:4px ${isLaidOut ? 0 : 16}px 24px}}`
  );
}

// Where a link leads, at the foot of the frame while it is pointed at or has the focus; beside it where it leads
// elsewhere than it says. Messages have no such attributes and no generated content (clean-html.ts, clean-css.ts).
const linkStyle =
  'a[data-target]:hover::after,a[data-target]:focus-visible::after{content:attr(data-target)!important;' +
  'position:fixed!important;inset-block-end:0;inset-inline-start:0;z-index:2147483647;max-width:100%;box-sizing:border-box;' +
  'padding:3px 10px;background:#22262c!important;color:#fff!important;font:13px/1.4 system-ui,sans-serif!important;' +
  'white-space:nowrap;overflow:hidden;text-overflow:ellipsis;border-start-end-radius:6px;direction:ltr}' +
  'a[data-odd]{outline:2px solid #d97706!important;outline-offset:1px}' +
  'a[data-odd]::after{content:" \\26a0\\fe0e\\a0\\2192\\a0" attr(data-target)!important;' +
  'color:#92400e!important;background:#fef3c7!important;font:600 12px/1.4 system-ui,sans-serif!important;padding:0 4px;' +
  'direction:ltr;unicode-bidi:isolate}';

// The first of two walls around message HTML: an allow-list of tags, attributes, CSS properties and URL
// schemes (the second is the opaque frame, frame-document.ts). Cleaning is the last step: images and links
// are replaced while the cleaner writes, and what it returns is never edited again.
import sanitizeHtml, { type Attributes } from 'sanitize-html';
import { type CssRules, cleanStyleAttribute, cleanStylesheet } from './clean-css.ts';

export type CleanOptions = {
  /** Leave http(s) images in; else they are counted and lose their source */
  mayLoadRemote: boolean;
  /** data: URLs for cid: references, by Content-ID */
  inlineImages: ReadonlyMap<string, string>;
};

export type CleanHtml = {
  /** Body markup */
  html: string;
  /** Stylesheet for the head */
  css: string;
  remoteImages: number;
  /** True where the message sets colours of its own and must not be shown dark */
  hasColors: boolean;
};

/** Characters of inline images one message may grow by: each mention of an image repeats it whole. */
const maxInlineLength = 24 * 1024 * 1024;
/** Longer HTML is cut before it is read. */
export const maxHtmlLength = 4 * 1024 * 1024;
const idPrefix = 'm-';
const nestingLimit = 200;
const dataImage = /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\s]{1,8000000}$/i;

const allowedTags = (
  'a abbr acronym address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd ' +
  'del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main ' +
  'mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr ' +
  'tt u ul var wbr'
).split(' ');

const layout = [
  'style',
  'class',
  'id',
  'dir',
  'lang',
  'title',
  'align',
  'valign',
  'width',
  'height',
  'bgcolor',
];
const allowedAttributes = {
  '*': [...layout, 'color', 'role', 'aria-label', 'aria-hidden'],
  a: ['href', 'target', 'rel', 'referrerpolicy'],
  img: ['src', 'alt', 'border', 'hspace', 'vspace'],
  table: ['border', 'cellpadding', 'cellspacing', 'background', 'summary'],
  td: ['colspan', 'rowspan', 'nowrap', 'background', 'headers', 'scope', 'abbr'],
  th: ['colspan', 'rowspan', 'nowrap', 'background', 'headers', 'scope', 'abbr'],
  tr: ['background'],
  body: ['background', 'text', 'link'],
  col: ['span'],
  colgroup: ['span'],
  font: ['face', 'size'],
  hr: ['size', 'noshade'],
  ol: ['start', 'type', 'reversed'],
  ul: ['type'],
  li: ['value', 'type'],
  details: ['open'],
  time: ['datetime'],
};

/** Elements whose content is no text of the message. */
const nonTextTags = (
  'script style textarea option select noscript noembed noframes xmp plaintext title template iframe object embed ' +
  'applet svg math audio video canvas datalist'
).split(' ');

/** Cleans the HTML of one part. Linear in its length, never throws for bad markup. */
export function cleanHtml(source: string, options: CleanOptions): CleanHtml {
  const html = source.slice(0, maxHtmlLength);
  const state = { remoteImages: 0, hasColors: false, inlineLength: 0 };
  const resolveImage = (url: string) => resolveImageUrl(url, options, state);
  const rules: CssRules = { replaceUrl: (url) => resolveImage(url) };
  const css = collectStyles(html)
    .map((sheet) => cleanStylesheet(sheet, rules, idPrefix))
    .filter((sheet) => sheet !== '')
    .join('\n');
  const body = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes,
    nonTextTags,
    disallowedTagsMode: 'discard',
    enforceHtmlBoundary: false,
    nestingLimit,
    parseStyleAttributes: false,
    allowedSchemes: ['http', 'https', 'mailto', 'tel', 'data'],
    allowedSchemesByTag: { a: ['http', 'https', 'mailto', 'tel'], img: ['http', 'https', 'data'] },
    allowedSchemesAppliedToAttributes: ['href', 'src', 'background'],
    allowProtocolRelative: false,
    transformTags: {
      '*': (tagName, attributes) => {
        const kept = cleanAttributes(tagName, attributes, rules, resolveImage, state);
        // <body> would be merged into ours: its looks move to a block.
        return { tagName: tagName === 'body' ? 'div' : tagName, attribs: kept };
      },
    },
  });
  if (/(?:^|[;{\s])(?:background|color)[^;]*:/i.test(css)) state.hasColors = true;
  return { html: body, css, remoteImages: state.remoteImages, hasColors: state.hasColors };
}

/** The text of each <style>, wherever it stands outside other raw text. */
function collectStyles(html: string): string[] {
  if (!/<style/i.test(html)) return [];
  const sheets: string[] = [];
  sanitizeHtml(html, {
    allowedTags: ['style'],
    allowVulnerableTags: true,
    allowedAttributes: {},
    nonTextTags: nonTextTags.filter((tag) => tag !== 'style'),
    exclusiveFilter: (frame) => {
      if (frame.tag === 'style' && sheets.length < 50) sheets.push(frame.text);
      return false;
    },
  });
  return sheets;
}

function cleanAttributes(
  tagName: string,
  attributes: Attributes,
  rules: CssRules,
  resolveImage: (url: string) => string | null,
  state: { hasColors: boolean },
): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) kept[name.toLowerCase()] = value;
  if (kept.style !== undefined) kept.style = cleanStyleAttribute(kept.style, rules);
  if (kept.style === '') delete kept.style;
  if (kept.bgcolor || kept.color || /(?:^|;)(?:background|color)/.test(kept.style ?? '')) {
    state.hasColors = true;
  }
  if (kept.id !== undefined) kept.id = idPrefix + kept.id.replace(/[^\w-]/g, '');
  if (kept.background !== undefined) {
    const url = resolveImage(kept.background);
    if (url === null) delete kept.background;
    else kept.background = url;
  }
  if (tagName === 'img') return cleanImage(kept, resolveImage);
  if (tagName === 'a') return cleanLink(kept);
  return kept;
}

function cleanImage(kept: Attributes, resolveImage: (url: string) => string | null): Attributes {
  const url = resolveImage(kept.src ?? '');
  // Without a source the browser shows the words for it; a pixel has none and shows nothing.
  if (url === null) delete kept.src;
  else kept.src = url;
  return kept;
}

/** Links open elsewhere, tell nobody where from, and show where they lead. */
function cleanLink(kept: Attributes): Attributes {
  delete kept.target;
  const href = (kept.href ?? '').replace(
    /[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202e\ufeff]/g,
    '',
  );
  if (/^#[\w.:-]+$/.test(href)) {
    kept.href = `#${idPrefix}${href.slice(1).replace(/[^\w-]/g, '')}`;
    return kept;
  }
  const isAllowed = /^(?:https?:\/\/|mailto:|tel:)/i.test(href);
  if (!isAllowed) {
    delete kept.href;
    return kept;
  }
  kept.href = href;
  kept.target = '_blank';
  kept.rel = 'noopener noreferrer';
  kept.referrerpolicy = 'no-referrer';
  kept.title = describeTarget(href);
  return kept;
}

/** Where a link leads, host first and in ASCII, so that a look-alike name shows. */
function describeTarget(href: string): string {
  try {
    const url = new URL(href);
    return url.host ? `${url.host} — ${url.href.slice(0, 300)}` : url.href.slice(0, 300);
  } catch {
    return href.slice(0, 300);
  }
}

/** A URL that may be loaded, or null. Counts what is held back. */
function resolveImageUrl(
  source: string,
  options: CleanOptions,
  state: { remoteImages: number; inlineLength: number },
): string | null {
  const url = source.trim();
  const cid = /^cid:(.{1,500})$/i.exec(url);
  if (cid) {
    const inline = options.inlineImages.get(decodeCid(cid[1]!)) ?? null;
    state.inlineLength += inline?.length ?? 0;
    return state.inlineLength <= maxInlineLength ? inline : null;
  }
  if (/^data:/i.test(url)) return dataImage.test(url) ? url : null;
  const isRemote = /^(?:https?:)?\/\//i.test(url.replace(/[\u0000-\u0020]/g, ''));
  if (!isRemote) return null;
  state.remoteImages++;
  if (!options.mayLoadRemote) return null;
  try {
    const parsed = new URL(url.startsWith('//') ? `https:${url}` : url);
    return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed.href : null;
  } catch {
    return null;
  }
}

function decodeCid(text: string): string {
  try {
    return decodeURIComponent(text).replace(/^<|>$/g, '');
  } catch {
    return text;
  }
}

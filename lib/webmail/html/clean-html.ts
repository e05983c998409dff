// The first of two walls around message HTML: an allow-list of tags, attributes, CSS properties and URL
// schemes (the second is the opaque frame, frame-document.ts). Cleaning is the last step: images and links
// are replaced while the cleaner writes, and what it returns is never edited again.
import sanitizeHtml, { type Attributes } from 'sanitize-html';
import { type ImageGate, signImageUrl } from '../remote/image-address.ts';
import { type CssRules, cleanStyleAttribute, cleanStylesheet } from './clean-css.ts';
import { countLines, type LineCounter } from './likely-lines.ts';
import { lookAtLink } from './link-look.ts';
import { nameTracker, unwrapLink } from './tracker.ts';

export type CleanOptions = {
  /** Leave http(s) images in; else they are counted and lose their source */
  mayLoadRemote: boolean;
  /** Images that are left in come through our server by this gate */
  gate?: ImageGate | null;
  /** The colours a message has for dark surroundings count. */
  isDark?: boolean;
  /** Links lose counters on their way and marks of who clicked. */
  hasPlainLinks?: boolean;
  /** data: URLs for cid: references, by Content-ID */
  inlineImages: ReadonlyMap<string, string>;
};

export type CleanHtml = {
  /** Body markup */
  html: string;
  /** Stylesheet for the head */
  css: string;
  remoteImages: number;
  /** Who would count readers with a picture that nobody sees; such pictures are never loaded. At most 20 */
  trackers: string[];
  /** True where the message sets colours of its own */
  hasColors: boolean;
  /** True where tables of a width lay it out: mostly a newsletter, with edges of its own */
  isLaidOut: boolean;
  /** True where it has other ones for dark surroundings */
  hasDarkColors: boolean;
  /** Links that lead elsewhere than they say */
  oddLinks: number;
  /** How many it is likely to need, for the height of a frame that nobody may measure (likely-lines.ts) */
  lines: number;
};

type State = Omit<CleanHtml, 'html' | 'css' | 'lines'> & {
  inlineLength: number;
  lines: LineCounter;
};
type Cleaning = {
  options: CleanOptions;
  rules: CssRules;
  state: State;
  /** Texts of the links in their order */
  linkTexts: string[];
  linkCount: number;
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
  a: ['href', 'target', 'rel', 'referrerpolicy', 'data-target', 'data-odd'],
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
  const state: State = {
    remoteImages: 0,
    trackers: [],
    hasColors: false,
    isLaidOut: false,
    hasDarkColors: false,
    oddLinks: 0,
    lines: countLines(),
    inlineLength: 0,
  };
  const rules: CssRules = {
    replaceUrl: (url) => resolveImageUrl(url, options, state),
    isDark: options.isDark === true,
    onDarkScheme: () => {
      state.hasDarkColors = true;
    },
  };
  const before = lookAhead(html);
  const css = before.sheets
    .map((sheet) => cleanStylesheet(sheet, rules, idPrefix))
    .filter((sheet) => sheet !== '')
    .join('\n');
  const cleaning: Cleaning = { options, rules, state, linkTexts: before.linkTexts, linkCount: 0 };
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
    textFilter: (text) => {
      state.lines.addText(text);
      return text;
    },
    transformTags: {
      '*': (tagName, attributes) => {
        state.lines.addTag(tagName);
        const kept = cleanAttributes(tagName, attributes, cleaning);
        // <body> would be merged into ours: its looks move to a block.
        return { tagName: tagName === 'body' ? 'div' : tagName, attribs: kept };
      },
    },
  });
  if (/(?:^|[;{\s])(?:background|color)[^;]*:/i.test(css)) state.hasColors = true;
  const { inlineLength: _inlineLength, lines, ...found } = state;
  return { html: body, css, ...found, lines: lines.read() };
}

const mostLinkTexts = 5000;

/**
 * What must be known before anything is written: the text of each <style>, wherever it stands outside other raw text,
 * and the text of each link.
 */
function lookAhead(html: string): { sheets: string[]; linkTexts: string[] } {
  const sheets: string[] = [];
  const linkTexts: string[] = [];
  if (!/<(?:style|a)\b/i.test(html)) return { sheets, linkTexts };
  let count = 0;
  sanitizeHtml(html, {
    allowedTags: ['style', 'a'],
    allowVulnerableTags: true,
    allowedAttributes: { a: ['data-n'] },
    nestingLimit,
    nonTextTags: nonTextTags.filter((tag) => tag !== 'style'),
    transformTags: {
      a: (tagName) => ({ tagName, attribs: { 'data-n': String(count++) } }),
    },
    exclusiveFilter: (frame) => {
      if (frame.tag === 'style' && sheets.length < 50) sheets.push(frame.text);
      const n = Number(frame.attribs['data-n']);
      if (frame.tag === 'a' && n < mostLinkTexts) linkTexts[n] = frame.text.slice(0, 500);
      return false;
    },
  });
  return { sheets, linkTexts };
}

function cleanAttributes(tagName: string, attributes: Attributes, cleaning: Cleaning): Attributes {
  const { rules, state, options } = cleaning;
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) kept[name.toLowerCase()] = value;
  if (tagName === 'img') cleanImage(kept, options, state);
  if (kept.style !== undefined) kept.style = cleanStyleAttribute(kept.style, rules);
  if (kept.style === '') delete kept.style;
  if (kept.bgcolor || kept.color || /(?:^|;)(?:background|color)/.test(kept.style ?? '')) {
    state.hasColors = true;
  }
  if (tagName === 'table' && (kept.width || /(?:^|;)(?:max-)?width/.test(kept.style ?? ''))) {
    state.isLaidOut = true;
  }
  if (kept.id !== undefined) kept.id = idPrefix + kept.id.replace(/[^\w-]/g, '');
  if (kept.background !== undefined) {
    const url = resolveImageUrl(kept.background, options, state);
    if (url === null) delete kept.background;
    else kept.background = url;
  }
  // Ours alone (see below): what the message calls so says nothing.
  delete kept['data-target'];
  delete kept['data-odd'];
  return tagName === 'a' ? cleanLink(kept, cleaning) : kept;
}

function cleanImage(kept: Attributes, options: CleanOptions, state: State): void {
  const { width = '', height = '', style = '' } = kept;
  const source = kept.src ?? '';
  const isRemote = /^\s*(?:https?:)?\/\//i.test(source);
  const tracker = isRemote ? nameTracker(source.trim(), { width, height, style }) : null;
  if (tracker !== null) {
    if (state.trackers.length < 20 && !state.trackers.includes(tracker)) {
      state.trackers.push(tracker);
    }
    delete kept.src;
    return;
  }
  const url = resolveImageUrl(source, options, state);
  // Without a source the browser shows the words for it; a pixel has none and shows nothing.
  if (url === null) delete kept.src;
  else {
    kept.src = url;
    state.lines.addPicture(kept.height);
  }
}

/** Links open elsewhere, tell nobody where from, and show where they lead. */
function cleanLink(kept: Attributes, cleaning: Cleaning): Attributes {
  const text = cleaning.linkTexts[cleaning.linkCount++] ?? '';
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
  kept.href = cleaning.options.hasPlainLinks ? unwrapLink(href) : href;
  kept.target = '_blank';
  kept.rel = 'noopener noreferrer';
  kept.referrerpolicy = 'no-referrer';
  const look = lookAtLink(kept.href, text);
  delete kept.title;
  if (look) {
    kept.title = describeTarget(kept.href);
    kept['data-target'] = look.target.slice(0, 200);
    if (look.isOdd) {
      kept['data-odd'] = '1';
      cleaning.state.oddLinks++;
    }
  }
  return kept;
}

/** Where a link leads, host first and in ASCII, so that a look-alike name shows. */
function describeTarget(href: string): string {
  const url = URL.parse(href);
  return url?.host ? `${url.host} — ${url.href.slice(0, 300)}` : href.slice(0, 300);
}

/** A URL that may be loaded, or null. Counts what is held back. */
function resolveImageUrl(source: string, options: CleanOptions, state: State): string | null {
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
  const parsed = URL.parse(url.startsWith('//') ? `https:${url}` : url);
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') return null;
  return options.gate ? signImageUrl(options.gate, parsed.href) : parsed.href;
}

function decodeCid(text: string): string {
  try {
    return decodeURIComponent(text).replace(/^<|>$/g, '');
  } catch {
    return text;
  }
}

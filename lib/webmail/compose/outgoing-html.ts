// HTML that leaves with a message of ours: what was written in the editor, signatures, and originals that are quoted.
// The same allow-list idea as for what is shown (html/clean-html.ts), but nothing is renamed and images keep their
// address, because somebody else will read it. Readers clean again: this only keeps us from passing on scripts.
import sanitizeHtml, { type Attributes } from 'sanitize-html';
import { cleanStyleAttribute, cleanStylesheet } from '../html/clean-css.ts';

export type OutgoingOptions = {
  /** What the source of an image becomes; null drops the image */
  resolveImage: (url: string) => string | null;
  /** Keep stylesheets of the original */
  hasStyles?: boolean;
};

const allowedTags = (
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn ' +
  'div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s ' +
  'samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'
).split(' ');
const anywhere = (
  'style class dir lang title align valign width height bgcolor color border cellpadding cellspacing colspan rowspan ' +
  'nowrap role'
).split(' ');
const allowedAttributes = {
  '*': anywhere,
  a: ['href', 'name'],
  img: ['src', 'alt', 'hspace', 'vspace'],
  font: ['face', 'size'],
  ol: ['start', 'type'],
  ul: ['type'],
  li: ['value'],
  blockquote: ['type', 'cite'],
  col: ['span'],
  time: ['datetime'],
};
const hidden = (
  'script textarea option select noscript noembed noframes xmp plaintext title template iframe object embed applet svg ' +
  'math audio video canvas datalist style'
).split(' ');
const maxLength = 4 * 1024 * 1024;
const nestingLimit = 200;

/** Cleaned markup of a body. Linear in its length, never throws for bad markup. */
export function cleanOutgoing(source: string, options: OutgoingOptions): string {
  const html = source.slice(0, maxLength);
  const rules = { replaceUrl: (url: string) => options.resolveImage(url) };
  const clean = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes,
    nonTextTags: hidden,
    disallowedTagsMode: 'discard',
    nestingLimit,
    parseStyleAttributes: false,
    allowedSchemes: ['http', 'https', 'mailto', 'tel', 'cid'],
    allowedSchemesAppliedToAttributes: ['href', 'src', 'cite'],
    allowProtocolRelative: false,
    exclusiveFilter: (frame) => frame.tag === 'img' && !frame.attribs.src,
    transformTags: {
      '*': (tagName, attributes) => ({
        tagName: tagName === 'body' ? 'div' : tagName,
        attribs: cleanAttributes(tagName, attributes, rules),
      }),
    },
  });
  const css = options.hasStyles
    ? collectStyles(html).map((each) => cleanStylesheet(each, rules, ''))
    : [];
  const sheet = css.filter(Boolean).join('\n');
  return sheet === '' ? clean : `<style>${sheet}</style>${clean}`;
}

function cleanAttributes(
  tagName: string,
  attributes: Attributes,
  rules: { replaceUrl: (url: string) => string | null },
): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) kept[name.toLowerCase()] = value;
  if (kept.style !== undefined) kept.style = cleanStyleAttribute(kept.style, rules);
  if (kept.style === '') delete kept.style;
  if (tagName === 'img') {
    const url = rules.replaceUrl((kept.src ?? '').trim());
    if (url === null) delete kept.src;
    else kept.src = url;
  }
  return kept;
}

/** The text of each <style>, wherever it stands outside other raw text. */
function collectStyles(html: string): string[] {
  if (!/<style/i.test(html)) return [];
  const sheets: string[] = [];
  sanitizeHtml(html, {
    allowedTags: ['style'],
    allowVulnerableTags: true,
    allowedAttributes: {},
    nonTextTags: hidden.filter((tag) => tag !== 'style'),
    exclusiveFilter: (frame) => {
      if (frame.tag === 'style' && sheets.length < 50) sheets.push(frame.text);
      return false;
    },
  });
  return sheets;
}

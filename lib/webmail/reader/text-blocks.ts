// Plain text bodies as data for the page: paragraphs with links, quotes as nested blocks, the signature apart.
// No HTML is built here, so nothing in a body can become markup. format=flowed is RFC 3676.

import { lookAtLink } from '../html/link-look.ts';

export type TextSegment = {
  text: string;
  href: string | null;
  /** Where a link leads: its host in ASCII */
  target?: string;
  /** It leads elsewhere than it seems */
  isOdd?: boolean;
};
export type TextBlock =
  | { kind: 'text'; segments: TextSegment[] }
  | { kind: 'signature'; segments: TextSegment[] }
  | { kind: 'quote'; lines: number; blocks: TextBlock[] };

const maxQuoteDepth = 12;
const maxLinks = 2000;

/** Blocks of a text; `flowed` joins soft-broken lines first. */
export function toTextBlocks(text: string, flowed?: { isDelSp: boolean }): TextBlock[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\s+$/, '').split('\n');
  const budget = { links: maxLinks };
  return groupLines((flowed ? joinFlowed(lines, flowed.isDelSp) : lines).map(readQuote), 0, budget);
}

type QuotedLine = { depth: number; text: string };

/** Depth and text of a line; "> > a" and ">>a" are both two deep. */
function readQuote(line: string): QuotedLine {
  let depth = 0;
  let at = 0;
  while (line[at] === '>') {
    depth++;
    at++;
    if (line[at] === ' ' && line[at + 1] === '>') at++;
  }
  const text = line.slice(at);
  return { depth, text: depth > 0 && text.startsWith(' ') ? text.slice(1) : text };
}

function groupLines(lines: QuotedLine[], depth: number, budget: { links: number }): TextBlock[] {
  const blocks: TextBlock[] = [];
  for (let i = 0; i < lines.length; ) {
    const isQuote = lines[i]!.depth > depth && depth < maxQuoteDepth;
    let end = i;
    while (end < lines.length && (lines[end]!.depth > depth && depth < maxQuoteDepth) === isQuote)
      end++;
    const group = lines.slice(i, end);
    if (isQuote) {
      blocks.push({
        kind: 'quote',
        lines: group.length,
        blocks: groupLines(group, depth + 1, budget),
      });
    } else {
      blocks.push(...splitSignature(group, depth, end === lines.length, budget));
    }
    i = end;
  }
  return blocks;
}

function splitSignature(
  group: QuotedLine[],
  depth: number,
  isLast: boolean,
  budget: { links: number },
): TextBlock[] {
  const texts = group.map((line) => line.text);
  const mark = depth === 0 && isLast ? texts.lastIndexOf('-- ') : -1;
  const body = (mark < 0 ? texts : texts.slice(0, mark)).join('\n').replace(/^\n+|\s+$/g, '');
  const blocks: TextBlock[] = [];
  if (body !== '') blocks.push({ kind: 'text', segments: findLinks(body, budget) });
  if (mark >= 0) {
    blocks.push({ kind: 'signature', segments: findLinks(texts.slice(mark).join('\n'), budget) });
  }
  return blocks;
}

/** RFC 3676 §4.2: a line that ends in a space goes on in the next of the same depth. */
export function joinFlowed(lines: string[], isDelSp: boolean): string[] {
  const joined: string[] = [];
  let open: { depth: number; text: string } | null = null;
  const close = () => {
    if (open) joined.push(`${'>'.repeat(open.depth)}${open.depth > 0 ? ' ' : ''}${open.text}`);
    open = null;
  };
  for (const line of lines) {
    const depth = /^>*/.exec(line)![0].length;
    let text = line.slice(depth);
    if (text.startsWith(' ')) text = text.slice(1); // §4.4 space-stuffing
    const isSoft = text.endsWith(' ') && text !== '-- ';
    const kept = isSoft && isDelSp ? text.slice(0, -1) : text;
    const before = open as { depth: number; text: string } | null;
    if (before && before.depth === depth && text !== '-- ') before.text += kept;
    else {
      close();
      open = { depth, text: kept };
    }
    if (!isSoft) close();
  }
  close();
  return joined;
}

const linkPattern =
  /\b(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^\u0000-\u001f\u00a0\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000}|\bmailto:[^\s<>"'?]{3,254}|(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,24}\b/gi;

/** A text cut into plain pieces and links; only http, https and mailto ever become an href. */
export function findLinks(text: string, budget = { links: maxLinks }): TextSegment[] {
  const segments: TextSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(linkPattern)) {
    if (budget.links-- <= 0) break;
    const shown = trimLink(match[0]);
    const href = toHref(shown);
    if (!href) continue;
    if (match.index > from) segments.push({ text: text.slice(from, match.index), href: null });
    segments.push({ text: shown, href, ...describe(href, shown) });
    from = match.index + shown.length;
  }
  if (from < text.length) segments.push({ text: text.slice(from), href: null });
  return segments;
}

function describe(href: string, shown: string): Pick<TextSegment, 'target' | 'isOdd'> {
  const look = href.startsWith('mailto:') ? null : lookAtLink(href, shown);
  return look?.isOdd ? { target: look.target, isOdd: true } : {};
}

/** Punctuation behind a link belongs to the sentence; a bracket only where it was opened inside. */
function trimLink(link: string): string {
  let end = link.length;
  let unopened = count(link, ')') - count(link, '(');
  for (; end > 0; end--) {
    const last = link[end - 1]!;
    if (last === ')' && unopened > 0) unopened--;
    else if (!/[.,;:!?*_~\]]/.test(last)) break;
  }
  return link.slice(0, end);
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

function toHref(link: string): string | null {
  if (/^mailto:/i.test(link)) return `mailto:${encodeURI(link.slice(7))}`;
  if (!/^(?:https?:|www\.)/i.test(link)) return `mailto:${encodeURI(link)}`;
  try {
    const url = new URL(/^www\./i.test(link) ? `https://${link}` : link);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

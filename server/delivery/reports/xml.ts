// The little of XML that reports of other servers are written in: elements and their text. Strict and bounded, since
// everybody may send one: no DOCTYPE and so no entities but the five of XML 1.0 and numbers, a limit on depth, text and
// elements, one run over the text. Attributes and namespaces are read over.

/** It is no report, for this reason. */
export class BadReport extends Error {}

/** `path` holds the local names from the root; `text` is what stands between the tags of an element without children. */
export type XmlStep = { kind: 'open' | 'close'; path: readonly string[]; text: string };

const maxDepth = 20;
const maxElements = 1_000_000;
const maxTextLength = 4000;
const maxTagLength = 2000;
const namePattern = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/;

/** One step a tag, in order. Throws BadReport. */
export function* readXml(document: string): Generator<XmlStep> {
  const path: string[] = [];
  const names: string[] = [];
  let text = '';
  let at = document.charCodeAt(0) === 0xfeff ? 1 : 0;
  let elements = 0;
  let isOver = false;
  while (at < document.length) {
    const open = document.indexOf('<', at);
    const end = open < 0 ? document.length : open;
    if (path.length > 0) {
      if (text.length < maxTextLength)
        text += decodeText(document.slice(at, Math.min(end, at + maxTextLength)));
    } else if (document.slice(at, end).trim() !== '')
      throw new BadReport('text outside of the report');
    if (open < 0) break;
    const special = readSpecial(document, open);
    if (special) {
      if (text.length < maxTextLength) text += special.text;
      at = special.end;
      continue;
    }
    const close = document.indexOf('>', open);
    if (close < 0 || close - open > maxTagLength) throw new BadReport('a tag without an end');
    at = close + 1;
    const tag = document.slice(open + 1, close);
    if (tag.startsWith('/')) {
      if (tag.slice(1).trim() !== names.at(-1))
        throw new BadReport('a tag is closed that is not open');
      yield { kind: 'close', path, text: text.trim().slice(0, maxTextLength) };
      path.pop();
      names.pop();
      text = '';
      isOver = path.length === 0;
      continue;
    }
    const name = namePattern.exec(tag)?.[0];
    if (!name || isOver) throw new BadReport('not well-formed');
    if (++elements > maxElements) throw new BadReport('too many elements');
    if (path.length >= maxDepth) throw new BadReport('too deep');
    path.push(name.slice(name.indexOf(':') + 1));
    names.push(name);
    text = '';
    yield { kind: 'open', path, text: '' };
    if (tag.endsWith('/')) {
      yield { kind: 'close', path, text: '' };
      path.pop();
      names.pop();
      isOver = path.length === 0;
    }
  }
  if (!isOver) throw new BadReport('the report is cut off');
}

/** Comments, processing instructions and CDATA; null for a tag. */
function readSpecial(document: string, open: number): { end: number; text: string } | null {
  const mark = document.charAt(open + 1);
  if (mark === '?') return { end: endOf(document, '?>', open), text: '' };
  if (mark !== '!') return null;
  if (document.startsWith('<!--', open)) return { end: endOf(document, '-->', open + 4), text: '' };
  if (!document.startsWith('<![CDATA[', open)) throw new BadReport('a DOCTYPE is not taken');
  const end = endOf(document, ']]>', open);
  return { end, text: document.slice(open + 9, Math.min(end - 3, open + 9 + maxTextLength)) };
}

function endOf(document: string, mark: string, from: number): number {
  const found = document.indexOf(mark, from);
  if (found < 0) throw new BadReport('the report is cut off');
  return found + mark.length;
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An entity that is not of XML itself stays as it is written. */
function decodeText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,8}));/g,
    (whole, ten, hex, name) => {
      if (name) return entities[name as string] ?? whole;
      const code = ten ? Number(ten) : Number.parseInt(hex as string, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}

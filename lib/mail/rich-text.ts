// Plain text out of HTML that was written or cleaned here, and back. Unlike text.ts, which is for search, this keeps what
// a reader of plain text needs: quotes with ">", list marks, the addresses of links. Pure; browser and server use it.
import { decodeEntities } from './html-entity.ts';

const maxLength = 4 * 1024 * 1024;
const paragraphs = new Set('p h1 h2 h3 h4 h5 h6 ul ol table pre blockquote dl'.split(' '));
const blocks = new Set(
  'div section article header footer main address center figure figcaption li tr dt dd caption hr'.split(
    ' ',
  ),
);

/**
 * The plain text of HTML. Quotes are marked by ">" as RFC 3676 §4.5 has them, links show where they lead. Linear, never
 * throws.
 */
export function toPlainText(html: string): string {
  const writer = new PlainWriter();
  const source = html.slice(0, maxLength).replace(/<!--[\s\S]*?-->/g, '');
  const tokens = /<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|([^<]+)|</gi;
  let hiddenBy = '';
  for (const [, end, tag, attributes, text] of source.matchAll(tokens)) {
    const name = tag?.toLowerCase() ?? '';
    if (hiddenBy !== '') {
      if (end && name === hiddenBy) hiddenBy = '';
    } else if (text !== undefined) writer.write(decodeEntities(text));
    else if (name === '') writer.write('<');
    else if (name === 'style' || name === 'script' || name === 'title') hiddenBy = end ? '' : name;
    else if (end) writer.close(name);
    else writer.open(name, attributes ?? '');
  }
  return writer.finish();
}

function readAttribute(attributes: string, name: string): string {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes.slice(0, 10_000),
  );
  return decodeEntities(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}

class PlainWriter {
  private readonly lines: string[] = [];
  private line = '';
  private hasContent = false;
  /** Quote depth of a blank line that is still to come; -1 = none */
  private owedDepth = -1;
  private quoteDepth = 0;
  private preDepth = 0;
  private readonly lists: { next: number | null }[] = [];
  private readonly links: { href: string; from: number; line: number }[] = [];

  write(raw: string): void {
    if (this.preDepth > 0) {
      raw.split('\n').forEach((piece, i) => {
        if (i > 0) this.breakLine();
        this.put(piece);
      });
      return;
    }
    const text = raw.replace(/[ \t\r\n\f]+/g, ' ').replace(/\u200b/g, '');
    const isStart = !this.hasContent || this.line.endsWith(' ');
    // Editors write a blank that shall stay as one that does not break.
    this.put((isStart ? text.replace(/^ /, '') : text).replace(/\u00a0/g, ' '));
  }

  open(name: string, attributes: string): void {
    if (name === 'br') {
      this.breakLine();
      return;
    }
    if (name === 'img') {
      const alt = readAttribute(attributes, 'alt').trim();
      if (alt !== '') this.put(`[${alt}]`);
      return;
    }
    if (name === 'a') {
      const from = this.line.length;
      this.links.push({ href: readAttribute(attributes, 'href'), from, line: this.lines.length });
      return;
    }
    if (name === 'td' || name === 'th') {
      if (this.hasContent) this.put(/\s$/.test(this.line) ? '' : ' ');
      return;
    }
    if (!paragraphs.has(name) && !blocks.has(name)) return;
    this.endBlock(paragraphs.has(name) && this.lists.length === 0);
    if (name === 'blockquote') this.quoteDepth = Math.min(this.quoteDepth + 1, 50);
    else if (name === 'pre') this.preDepth++;
    else if (name === 'ul') this.lists.push({ next: null });
    else if (name === 'ol')
      this.lists.push({ next: Number(readAttribute(attributes, 'start')) || 1 });
    else if (name === 'li') this.openItem();
    else if (name === 'hr') {
      this.put('-----');
      this.endBlock(false);
    } else if (/\bclass="drey-signature"/.test(attributes)) this.putLine('-- ');
  }

  close(name: string): void {
    if (name === 'a') {
      this.closeLink();
      return;
    }
    if (!paragraphs.has(name) && !blocks.has(name)) return;
    if (name === 'pre' && this.preDepth > 0) this.preDepth--;
    if (name === 'ul' || name === 'ol') this.lists.pop();
    this.endBlock(paragraphs.has(name) && this.lists.length === 0);
    if (name === 'blockquote' && this.quoteDepth > 0) this.quoteDepth--;
  }

  finish(): string {
    this.endBlock(false);
    let end = this.lines.length;
    while (end > 0 && this.lines[end - 1] === '') end--;
    const from = this.lines.findIndex((line) => line !== '');
    return this.lines.slice(Math.max(0, from), end).join('\n');
  }

  private openItem(): void {
    const list = this.lists.at(-1);
    const indent = '  '.repeat(Math.max(0, Math.min(this.lists.length, 20) - 1));
    const mark = list && list.next !== null ? `${list.next++}. ` : '- ';
    this.put(indent + mark);
  }

  private closeLink(): void {
    const link = this.links.pop();
    if (!link || !/^https?:\/\//i.test(link.href)) return;
    const shown = link.line === this.lines.length ? this.line.slice(link.from).trim() : '';
    const isSame = (text: string) => text.replace(/^https?:\/\/|\/$/gi, '');
    if (shown !== '' && isSame(shown) !== isSame(link.href)) this.put(` <${link.href}>`);
  }

  private put(text: string): void {
    if (text === '') return;
    if (!this.hasContent && text.trim() === '' && this.preDepth === 0) return;
    this.line += text;
    this.hasContent = true;
  }

  private putLine(text: string): void {
    this.payBlank();
    this.lines.push(this.quoted(text));
  }

  private breakLine(): void {
    this.payBlank();
    this.lines.push(this.quoted(this.line.trimEnd()));
    this.line = '';
    this.hasContent = false;
  }

  private endBlock(isParagraph: boolean): void {
    if (this.hasContent) this.breakLine();
    if (isParagraph && this.owedDepth < 0) this.owedDepth = this.quoteDepth;
  }

  private payBlank(): void {
    if (this.owedDepth < 0) return;
    const depth = Math.min(this.owedDepth, this.quoteDepth);
    this.owedDepth = -1;
    const last = this.lines.at(-1);
    if (last !== undefined && !/^>*$/.test(last)) this.lines.push('>'.repeat(depth));
  }

  private quoted(text: string): string {
    if (this.quoteDepth === 0) return text;
    return `${'>'.repeat(this.quoteDepth)}${text === '' ? '' : ` ${text}`}`;
  }
}

/** Text as markup: lines as blocks, runs of blanks kept, lines that begin with ">" as quotes. */
export function toRichText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').slice(0, maxLength).split('\n');
  const html: string[] = [];
  let depth = 0;
  for (const line of lines) {
    const [mark = ''] = /^(?:> ?)*/.exec(line) ?? [];
    const wanted = Math.min(mark.replace(/ /g, '').length, 20);
    for (; depth < wanted; depth++) html.push('<blockquote type="cite">');
    for (; depth > wanted; depth--) html.push('</blockquote>');
    const content = escapeText(line.slice(mark.length))
      .replace(/^ +/, (run) => '\u00a0'.repeat(run.length))
      .replace(/ {2,}/g, (run) => ` ${'\u00a0'.repeat(run.length - 1)}`);
    html.push(`<div>${content === '' ? '<br>' : content}</div>`);
  }
  for (; depth > 0; depth--) html.push('</blockquote>');
  return html.join('');
}

/** Text without markup of its own. */
export function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** Whether HTML says more than its plain text: a format, a link under other words, an image, a list, a table. */
export function hasFormats(html: string): boolean {
  const tags =
    html.replace(/<!--[\s\S]*?-->/g, '').match(/<[a-z][a-z0-9]*(?:"[^"]*"|'[^']*'|[^<>"'])*>/gi) ??
    [];
  return tags.some((tag) => {
    const name = /^<([a-z0-9]+)/i.exec(tag)?.[1]?.toLowerCase() ?? '';
    if (name === 'a') return false;
    if (name === 'br' || name === 'p') return /\s(?:style|dir|align)=/i.test(tag);
    if (name === 'div') return /\s(?:style|dir|align)=/i.test(tag);
    return !(name === 'blockquote' && /type="cite"/.test(tag));
  });
}

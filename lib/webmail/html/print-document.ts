// A message for paper: its own page with the header on top and all its text. Of opaque origin like the frame; the one
// thing that may run is our own line that opens the print dialog, by a nonce made for this answer.
import { randomBytes } from 'node:crypto';
import type { TextBlock, TextSegment } from '../reader/text-blocks.ts';
import type { FrameDocument, FrameOptions } from './frame-document.ts';
import { baseStyle, documentHead, frameHeaders } from './frame-document.ts';

export type PrintBody = { html: string; css: string } | { blocks: TextBlock[] };
export type PrintContent = {
  title: string;
  /** Name and value of the lines on top */
  lines: [name: string, value: string][];
  bodies: PrintBody[];
  files: string[];
  language: string;
  direction: 'ltr' | 'rtl';
};

/** The page; all text is escaped here, bodies of HTML come clean. */
export function printDocument(
  content: PrintContent,
  options: Pick<FrameOptions, 'mayLoadRemote' | 'imageSource'>,
): FrameDocument {
  const nonce = randomBytes(16).toString('base64');
  const lines = content.lines
    .map(
      ([name, value]) =>
        `<tr><th scope="row">${escapeText(name)}</th><td dir="auto">${escapeText(value)}</td></tr>`,
    )
    .join('');
  const files = content.files.map((file) => `<li dir="auto">${escapeText(file)}</li>`).join('');
  const sheets = content.bodies.map((body) => ('css' in body ? body.css : '')).join('\n');
  const bodies = content.bodies
    .map(
      (body) =>
        `<section>${'html' in body ? body.html : body.blocks.map(drawBlock).join('')}</section>`,
    )
    .join('');
  const html =
    `<!doctype html><html lang="${escapeText(content.language)}" dir="${content.direction}"><head>${documentHead}` +
    // Before anything of the message, which could otherwise swallow the nonce.
    `<script nonce="${nonce}">addEventListener('load',()=>print())</script>` +
    `<title>${escapeText(content.title)}</title><style>${baseStyle('light')}${printStyle}</style>` +
    `<style>${sheets}</style></head><body><header class="drey-print"><h1 dir="auto">${escapeText(content.title)}</h1>` +
    `<table>${lines}</table></header>${bodies}` +
    `${files ? `<footer class="drey-print"><ul>${files}</ul></footer>` : ''}</body></html>`;
  const headers = frameHeaders(options.mayLoadRemote, options.imageSource);
  headers['content-security-policy'] = (headers['content-security-policy'] ?? '')
    .replace('form-action', `script-src 'nonce-${nonce}'; form-action`)
    .replace("frame-ancestors 'self'", "frame-ancestors 'none'")
    .replace(/sandbox .*/, 'sandbox allow-scripts allow-modals');
  headers['x-frame-options'] = 'DENY';
  return { html, headers };
}

const printStyle =
  'body{max-width:52em;margin:0 auto}.drey-print h1{font-size:20px;margin:8px 0}' +
  '.drey-print table{border-collapse:collapse;font-size:13px;margin-bottom:14px}' +
  '.drey-print th{text-align:start;vertical-align:top;padding:1px 0;padding-inline-end:14px;font-weight:600}' +
  '.drey-print td{word-break:break-word}header.drey-print{border-bottom:1px solid #999;margin-bottom:14px}' +
  'footer.drey-print{border-top:1px solid #999;margin-top:20px;font-size:13px}' +
  'p.drey-text{white-space:pre-wrap}section{break-inside:auto}' +
  '@media print{body{padding:0;max-width:none}a[data-odd]{outline:0}}';

function drawBlock(block: TextBlock): string {
  if (block.kind === 'quote') {
    return `<blockquote>${block.blocks.map(drawBlock).join('')}</blockquote>`;
  }
  return `<p class="drey-text" dir="auto">${block.segments.map(drawSegment).join('')}</p>`;
}

function drawSegment({ text }: TextSegment): string {
  return escapeText(text);
}

/** Text as HTML: also inside quoted attributes. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\u0000/g, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

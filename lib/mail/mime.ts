// The MIME tree of a message with exact byte offsets (RFC 2045, 2046). One pass over the lines that start
// with `--`, a stack of open multiparts, no recursion over the input. Bare LF, missing end boundaries and
// unclosed parts are understood; past the limits the rest stays inside the last part. Never throws.
// Invariant: 0 <= headerStart <= headerEnd = bodyStart <= bodyEnd, children lie in order inside their parent.
import { formatEnvelope } from './envelope.ts';
import {
  findField,
  type HeaderField,
  MAX_HEADER_BYTES,
  parseHeaderFields,
  readRawText,
} from './header.ts';
import { decodeParameters, mergeParameters, stripComments } from './words.ts';

const MAX_PARTS = 10_000;
const MAX_DEPTH = 100;
const MAX_BOUNDARY = 250; // RFC 2046 §5.1.1 says 70
const MAX_VALUE = 2_000;
const MAX_PARAMETER_BYTES = 256 * 1024;

/**
 * A part. `path` is what IMAP calls it: '' for the message itself, '1', '1.2' for its parts; the message
 * inside a message/rfc822 part '2' is '2.TEXT' when it is a multipart, else '2.1'. `parameters` and
 * `dispositionParameters` are in wire form (`mergeParameters`); `partName` and `decodeParameters` decode.
 * Offsets are bytes from the start of the message; `lines` counts the line ends of the body.
 */
export type Part = {
  path: string;
  type: string;
  subtype: string;
  parameters: Record<string, string>;
  id: string | null;
  description: string | null;
  encoding: string;
  disposition: string | null;
  dispositionParameters: Record<string, string>;
  md5: string | null;
  language: string[];
  location: string | null;
  headerStart: number;
  headerEnd: number;
  bodyStart: number;
  bodyEnd: number;
  lines: number;
  children: Part[];
  /** For message/rfc822 and message/global: the message within, and its finished IMAP ENVELOPE. */
  message?: { part: Part; envelope: string };
};

/** An open multipart, how deep it lies, and whose depth its boundary hid in `Scan.boundaries`. */
type Frame = {
  part: Part;
  depth: number;
  boundary: string;
  shadowed: number | undefined;
  isClosed: boolean;
};
/** `boundaries` leads from a delimiter (latin1) to the index of the innermost frame that waits for it. */
type Scan = { bytes: Buffer; stack: Frame[]; boundaries: Map<string, number>; count: number };

const IS_OPEN = -1;

/** The tree of a whole message; works on any bytes. */
export function parseMime(bytes: Buffer): Part {
  const scan: Scan = { bytes, stack: [], boundaries: new Map(), count: 0 };
  const root = readHeader(scan, 0, 'text', 'plain');
  let at = openBody(scan, root);
  while (scan.stack.length > 0 && scan.count < MAX_PARTS) {
    const line = findBoundary(scan, at);
    if (!line) break;
    while (scan.stack.length > line.frame + 1) forgetBoundary(scan, scan.stack.pop()!);
    const frame = scan.stack[line.frame]!;
    endPart(frame.part.children.at(-1), line.contentEnd);
    at = line.end;
    if (line.isFinal) forgetBoundary(scan, frame);
    else {
      // RFC 2046 §5.1.5: what a digest holds is a message unless it says otherwise.
      const isDigest = frame.part.subtype === 'digest';
      const part = isDigest
        ? readHeader(scan, line.end, 'message', 'rfc822')
        : readHeader(scan, line.end, 'text', 'plain');
      frame.part.children.push(part);
      at = openBody(scan, part);
    }
  }
  endPart(root, bytes.length);
  namePaths(root, '', root.type === 'multipart' ? '' : '1');
  countLines(bytes, root);
  return root;
}

/**
 * Ends a part and whatever is still open at its tail. Where a boundary follows an innermost header at once,
 * its newline cannot belong to both: the parts keep it, so that each lies inside its parent.
 */
function endPart(part: Part | undefined, end: number): void {
  const open: Part[] = [];
  let furthest = end;
  for (let next = part; next?.bodyEnd === IS_OPEN; ) {
    open.push(next);
    furthest = Math.max(furthest, next.bodyStart);
    next = next.message?.part ?? next.children.at(-1);
  }
  for (const each of open) each.bodyEnd = furthest;
}

/** Reads the header of the part that starts at `start`; a boundary line ends it like an empty line. */
function readHeader(scan: Scan, start: number, type: string, subtype: string): Part {
  scan.count++;
  const { bytes } = scan;
  const bodyStart = findPartHeaderEnd(scan, start);
  const fields = parseHeaderFields(bytes.subarray(start, bodyStart));
  return {
    path: '',
    ...readType(fields, type, subtype),
    id: readValue(fields, 'content-id'),
    description: readValue(fields, 'content-description'),
    encoding:
      stripComments(readValue(fields, 'content-transfer-encoding') ?? '')
        .trim()
        .toLowerCase() || '7bit',
    ...readDisposition(fields),
    md5: readValue(fields, 'content-md5'),
    language: readLanguages(fields),
    location: readValue(fields, 'content-location'),
    headerStart: start,
    headerEnd: bodyStart,
    bodyStart,
    bodyEnd: IS_OPEN,
    lines: 0,
    children: [],
  };
}

function readType(
  fields: HeaderField[],
  type: string,
  subtype: string,
): Pick<Part, 'type' | 'subtype' | 'parameters'> {
  const field = findField(fields, 'content-type');
  // RFC 2045 §5.2: no Content-Type means plain US-ASCII text.
  if (!field) return { type, subtype, parameters: type === 'text' ? { charset: 'us-ascii' } : {} };
  const { value, parameters } = mergeParameters(
    readRawText(field.rawValue.slice(0, MAX_PARAMETER_BYTES)),
  );
  const [first = '', second = ''] = value.toLowerCase().split('/');
  const isToken = (text: string) => /^[a-z0-9!#$%&'*+.^_`{|}~-]{1,100}$/.test(text);
  const named = { type: first.trim(), subtype: second.trim() };
  if (!isToken(named.type) || !isToken(named.subtype)) {
    // "text" alone is seen for text/plain; anything else that is broken is opaque (RFC 2045 §5.2).
    const isText = named.type === 'text' || named.type === '';
    return isText
      ? { type: 'text', subtype: 'plain', parameters }
      : { type: 'application', subtype: 'octet-stream', parameters };
  }
  if (named.type === 'multipart' && !readBoundary(parameters)) {
    return { type: 'text', subtype: 'plain', parameters };
  }
  return { ...named, parameters };
}

function readBoundary(parameters: Record<string, string>): string {
  const boundary = (parameters.boundary ?? '').trimEnd();
  return boundary.length <= MAX_BOUNDARY ? boundary : '';
}

function readValue(fields: HeaderField[], name: string): string | null {
  const field = findField(fields, name);
  if (!field) return null;
  const text = readRawText(field.rawValue.slice(0, MAX_VALUE * 2)).slice(0, MAX_VALUE);
  return text.replace(/[\u0000-\u001f\u007f]/g, ' ').trim() || null;
}

function readDisposition(
  fields: HeaderField[],
): Pick<Part, 'disposition' | 'dispositionParameters'> {
  const field = findField(fields, 'content-disposition');
  if (!field) return { disposition: null, dispositionParameters: {} };
  const { value, parameters } = mergeParameters(
    readRawText(field.rawValue.slice(0, MAX_PARAMETER_BYTES)),
  );
  const disposition = value
    .toLowerCase()
    .slice(0, 100)
    .replace(/[^!-~]/g, '');
  // RFC 2183 §2.8: an unknown or broken disposition counts as attachment.
  return { disposition: disposition || 'attachment', dispositionParameters: parameters };
}

function readLanguages(fields: HeaderField[]): string[] {
  const text = stripComments(readValue(fields, 'content-language') ?? '');
  return text
    .split(/[\s,]+/)
    .filter((tag) => /^[A-Za-z0-9-]{1,60}$/.test(tag))
    .slice(0, 20);
}

/** End of a part's header: behind its empty line, or before a boundary that cuts it short. */
function findPartHeaderEnd(scan: Scan, start: number): number {
  const { bytes } = scan;
  const limit = Math.min(bytes.length, start + MAX_HEADER_BYTES);
  let at = start;
  while (at < limit) {
    if (bytes[at] === 0x0a) return at + 1;
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at + 2;
    const line = matchBoundary(scan, at);
    if (line) return Math.max(start, line.contentEnd);
    const newline = bytes.indexOf(0x0a, at);
    const next = newline < 0 ? bytes.length : newline + 1;
    if (next > limit) return at > start ? at : limit;
    at = next;
  }
  return at;
}

/** Opens what a part holds (parts, a message, nothing) and says where the search for boundaries goes on. */
function openBody(scan: Scan, opened: Part): number {
  let part = opened;
  let depth = (scan.stack.at(-1)?.depth ?? 0) + 1;
  while (isMessage(part) && depth < MAX_DEPTH && scan.count < MAX_PARTS) {
    const child = readHeader(scan, part.bodyStart, 'text', 'plain');
    const header = scan.bytes.subarray(child.headerStart, child.headerEnd);
    part.message = { part: child, envelope: formatEnvelope(parseHeaderFields(header)) };
    part = child;
    depth++;
  }
  if (part.type === 'multipart' && depth < MAX_DEPTH) {
    const boundary = Buffer.from(readBoundary(part.parameters), 'utf8').toString('latin1');
    const shadowed = scan.boundaries.get(boundary);
    scan.boundaries.set(boundary, scan.stack.length);
    scan.stack.push({ part, depth, boundary, shadowed, isClosed: false });
  }
  return part.bodyStart;
}

function isMessage(part: Part): boolean {
  if (part.type !== 'message') return false;
  // RFC 6532 §3.7: message/global is the same with UTF-8, and may have an encoding; then it is one part.
  const isPlain = ['7bit', '8bit', 'binary'].includes(part.encoding);
  return part.subtype === 'rfc822' || (part.subtype === 'global' && isPlain);
}

/** From here on the boundary of `frame`, the innermost open one, means nothing any more. */
function forgetBoundary(scan: Scan, frame: Frame): void {
  if (frame.isClosed) return;
  frame.isClosed = true;
  if (frame.shadowed === undefined) scan.boundaries.delete(frame.boundary);
  else scan.boundaries.set(frame.boundary, frame.shadowed);
}

type BoundaryLine = { frame: number; isFinal: boolean; contentEnd: number; end: number };

/** The next line from `from` on that is a boundary of an open multipart. */
function findBoundary(scan: Scan, from: number): BoundaryLine | null {
  const { bytes } = scan;
  if (from === 0 || bytes[from - 1] === 0x0a) {
    const line = matchBoundary(scan, from);
    if (line) return line;
  }
  for (let at = from; ; ) {
    const newline = bytes.indexOf('\n--', at, 'latin1');
    if (newline < 0) return null;
    at = newline + 1;
    const line = matchBoundary(scan, at);
    if (line) return line;
  }
}

/** The boundary line that starts at `at`, if it is one; `contentEnd` is before the newline in front of it. */
function matchBoundary(scan: Scan, at: number): BoundaryLine | null {
  const { bytes } = scan;
  if (bytes[at] !== 0x2d || bytes[at + 1] !== 0x2d || scan.boundaries.size === 0) return null;
  const limit = Math.min(bytes.length, at + MAX_BOUNDARY + 100);
  let newline = at;
  while (newline < limit && bytes[newline] !== 0x0a) newline++;
  if (newline === limit && limit < bytes.length) return null;
  const text = bytes.toString('latin1', at + 2, newline).replace(/[ \t\r]+$/, '');
  const plain = scan.boundaries.get(text);
  const final = text.endsWith('--') ? scan.boundaries.get(text.slice(0, -2)) : undefined;
  const frame = plain ?? final;
  if (frame === undefined) return null;
  let contentEnd = at;
  // RFC 2046 §5.1.1: the newline before the boundary belongs to the boundary.
  if (bytes[contentEnd - 1] === 0x0a) contentEnd--;
  if (bytes[contentEnd - 1] === 0x0d) contentEnd--;
  const end = Math.min(newline + 1, bytes.length);
  return { frame, isFinal: plain === undefined, contentEnd, end };
}

/** Gives every part its IMAP number (RFC 3501 §6.4.5); `number` is what its own parts start with. */
function namePaths(part: Part, path: string, number: string): void {
  part.path = path;
  part.children.forEach((child, i) => {
    const childPath = number === '' ? `${i + 1}` : `${number}.${i + 1}`;
    namePaths(child, childPath, childPath);
  });
  const inner = part.message?.part;
  if (!inner) return;
  if (inner.type === 'multipart') namePaths(inner, `${number}.TEXT`, number);
  else namePaths(inner, `${number}.1`, `${number}.1`);
}

/** Counts the line ends of every body, each byte once however deep the parts lie in one another. */
function countLines(bytes: Buffer, root: Part): void {
  const counted: Part[] = [];
  eachPart(root, (part) => {
    if (part.type !== 'multipart' && (part.type === 'text' || isMessage(part))) counted.push(part);
  });
  const marks = new Map<number, number>();
  const opens = new Map<number, number>();
  for (const part of counted) {
    opens.set(part.bodyStart, (opens.get(part.bodyStart) ?? 0) + 1);
    opens.set(part.bodyEnd, (opens.get(part.bodyEnd) ?? 0) - 1);
  }
  let total = 0;
  let depth = 0;
  let at = 0;
  for (const offset of [...opens.keys()].sort((a, b) => a - b)) {
    if (depth > 0) total += countNewlines(bytes, at, offset);
    marks.set(offset, total);
    depth += opens.get(offset)!;
    at = offset;
  }
  for (const part of counted) part.lines = marks.get(part.bodyEnd)! - marks.get(part.bodyStart)!;
}

function countNewlines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (bytes[i] === 0x0a) count++;
  return count;
}

/** Calls `visit` for a part and everything below it, in the order of the message. */
export function eachPart(root: Part, visit: (part: Part) => void): void {
  visit(root);
  for (const child of root.children) eachPart(child, visit);
  if (root.message) eachPart(root.message.part, visit);
}

/**
 * The part that an IMAP number names (RFC 3501 §6.4.5), or null: '' is the message, '1' the only part of
 * a single-part message, '2.1' the first part of the message that is part 2.
 */
export function findPart(root: Part, path: string): Part | null {
  if (path === '') return root;
  let part = root;
  let isMessageRoot = true; // its own number is still to be taken
  for (const piece of path.split('.')) {
    const number = /^[1-9]\d{0,5}$/.test(piece) ? Number(piece) : 0;
    if (!isMessageRoot && part.message) {
      part = part.message.part;
      isMessageRoot = true;
    }
    if (part.type === 'multipart') {
      const child = part.children[number - 1];
      if (!child) return null;
      part = child;
    } else if (!isMessageRoot || number !== 1) return null;
    isMessageRoot = false;
  }
  return part;
}

/**
 * File name of a part, decoded and without folders, control or direction-override characters; '' when it has none.
 */
export function partName(part: Part): string {
  const name =
    decodeParameters(part.dispositionParameters).get('filename') ||
    decodeParameters(part.parameters).get('name') ||
    '';
  const last = name.slice(0, 2_000).split(/[\\/]/).at(-1) ?? '';
  return last
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
    .slice(0, 255);
}

/** A copy with every offset moved by `offset`: bytes were put in front, and they belong to the root's header. */
export function shiftPart(part: Part, offset: number): Part {
  return { ...moveOffsets(part, offset), headerStart: 0 };
}

function moveOffsets(part: Part, offset: number): Part {
  const moved: Part = {
    ...part,
    headerStart: part.headerStart + offset,
    headerEnd: part.headerEnd + offset,
    bodyStart: part.bodyStart + offset,
    bodyEnd: part.bodyEnd + offset,
    children: part.children.map((child) => moveOffsets(child, offset)),
  };
  if (part.message) {
    moved.message = { ...part.message, part: moveOffsets(part.message.part, offset) };
  }
  return moved;
}

// IMAP BODYSTRUCTURE and BODY (RFC 3501 §7.4.2) as finished bytes. Written for strict readers (MailKit,
// mbsync, JavaMail): all extension fields, never an empty multipart, always an envelope in message/rfc822.
import { formatEnvelope } from './envelope.ts';
import type { HeaderField } from './header.ts';
import { formatString } from './imap-string.ts';
import type { Part } from './mime.ts';
import { percentEncode } from './words.ts';

const MAX_PARAMETERS = 100;
const EMPTY_ENVELOPE = '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)';
/** Stands for a body that is not there, where the grammar asks for one. */
const STUB_BODY = '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)';
const STUB_BODY_EXTENDED =
  '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)';

/** Finished ENVELOPE of a message's header fields; NIL for what is missing, valid whatever they hold. */
export function renderEnvelope(fields: HeaderField[]): Buffer {
  return Buffer.from(formatEnvelope(fields), 'utf8');
}

/** Finished BODYSTRUCTURE of a tree, with extension data. */
export function renderBodyStructure(part: Part): Buffer {
  return Buffer.from(formatPart(part, true), 'utf8');
}

/** Finished BODY of a tree: the same without extension data. */
export function renderBody(part: Part): Buffer {
  return Buffer.from(formatPart(part, false), 'utf8');
}

function formatPart(part: Part, isExtended: boolean): string {
  return part.type === 'multipart'
    ? formatMultipart(part, isExtended)
    : formatLeaf(part, isExtended);
}

function formatMultipart(part: Part, isExtended: boolean): string {
  // RFC 3501 §9 body-type-mpart asks for at least one body.
  const stub = isExtended ? STUB_BODY_EXTENDED : STUB_BODY;
  const children = part.children.map((child) => formatPart(child, isExtended)).join('') || stub;
  const subtype = formatString(part.subtype);
  if (!isExtended) return `(${children} ${subtype})`;
  return `(${children} ${subtype} ${formatParameters(part.parameters)} ${formatTail(part)})`;
}

function formatLeaf(part: Part, isExtended: boolean): string {
  const fields = [
    formatString(part.type),
    formatString(part.subtype),
    formatParameters(part.parameters),
    formatString(part.id),
    formatString(part.description),
    formatString(part.encoding),
    String(part.bodyEnd - part.bodyStart),
  ];
  if (part.type === 'message' && part.subtype === 'rfc822') {
    const stub = isExtended ? STUB_BODY_EXTENDED : STUB_BODY;
    fields.push(part.message?.envelope ?? EMPTY_ENVELOPE);
    fields.push(part.message ? formatPart(part.message.part, isExtended) : stub);
    fields.push(String(part.lines));
  } else if (part.type === 'text') fields.push(String(part.lines));
  if (isExtended) fields.push(formatString(part.md5), formatTail(part));
  return `(${fields.join(' ')})`;
}

/** Disposition, language, location: the end of every extended body. */
function formatTail(part: Part): string {
  const disposition =
    part.disposition === null
      ? 'NIL'
      : `(${formatString(part.disposition)} ${formatParameters(part.dispositionParameters)})`;
  return `${disposition} ${formatLanguages(part.language)} ${formatString(part.location)}`;
}

function formatLanguages(languages: string[]): string {
  if (languages.length === 0) return 'NIL';
  if (languages.length === 1) return formatString(languages[0]!);
  return `(${languages.map(formatString).join(' ')})`;
}

function formatParameters(parameters: Record<string, string>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(parameters).slice(0, MAX_PARAMETERS)) {
    // Raw 8-bit values leave in the form the standard has for them (RFC 2231 §4).
    if (/[^\u0000-\u007f]/.test(value) && !name.endsWith('*')) {
      if (`${name}*` in parameters) continue;
      pairs.push(formatString(`${name}*`), formatString(`utf-8''${percentEncode(value)}`));
    } else pairs.push(formatString(name), formatString(toOneLine(value)));
  }
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`;
}

function toOneLine(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

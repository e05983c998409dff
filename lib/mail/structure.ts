// IMAP BODYSTRUCTURE and BODY (RFC 3501 §7.4.2) as finished bytes. Written for strict readers (MailKit,
// mbsync, JavaMail): all extension fields, never an empty multipart, always an envelope in message/rfc822.
// Seven bits, unless the client takes UTF-8: only then message/global is a message (RFC 9755 §6, RFC 9051 §9).
import { formatEnvelope, toSafeText } from './envelope.ts';
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
export function renderEnvelope(fields: HeaderField[], isUtf8 = false): Buffer {
  return Buffer.from(formatEnvelope(fields, isUtf8), 'utf8');
}

/** Finished BODYSTRUCTURE of a tree, with extension data. */
export function renderBodyStructure(part: Part, isUtf8 = false): Buffer {
  return Buffer.from(formatPart(part, { isExtended: true, isUtf8 }), 'utf8');
}

/** Finished BODY of a tree: the same without extension data. */
export function renderBody(part: Part, isUtf8 = false): Buffer {
  return Buffer.from(formatPart(part, { isExtended: false, isUtf8 }), 'utf8');
}

type Form = { isExtended: boolean; isUtf8: boolean };

function formatPart(part: Part, form: Form): string {
  return part.type === 'multipart' ? formatMultipart(part, form) : formatLeaf(part, form);
}

function formatMultipart(part: Part, form: Form): string {
  // RFC 3501 §9 body-type-mpart asks for at least one body.
  const stub = form.isExtended ? STUB_BODY_EXTENDED : STUB_BODY;
  const children = part.children.map((child) => formatPart(child, form)).join('') || stub;
  const subtype = formatString(part.subtype);
  if (!form.isExtended) return `(${children} ${subtype})`;
  return `(${children} ${subtype} ${formatParameters(part.parameters, form)} ${formatTail(part, form)})`;
}

function formatLeaf(part: Part, form: Form): string {
  const { isExtended, isUtf8 } = form;
  const fields = [
    formatString(part.type),
    formatString(part.subtype),
    formatParameters(part.parameters, form),
    formatText(part.id, form),
    formatText(part.description, form),
    formatText(part.encoding, form),
    String(part.bodyEnd - part.bodyStart),
  ];
  const isGlobal = isUtf8 && part.subtype === 'global';
  if (part.type === 'message' && (part.subtype === 'rfc822' || isGlobal)) {
    const stub = isExtended ? STUB_BODY_EXTENDED : STUB_BODY;
    fields.push(part.message?.envelope ?? EMPTY_ENVELOPE);
    fields.push(part.message ? formatPart(part.message.part, form) : stub);
    fields.push(String(part.lines));
  } else if (part.type === 'text') fields.push(String(part.lines));
  if (isExtended) fields.push(formatText(part.md5, form), formatTail(part, form));
  return `(${fields.join(' ')})`;
}

/** Disposition, language, location: the end of every extended body. */
function formatTail(part: Part, form: Form): string {
  const disposition =
    part.disposition === null
      ? 'NIL'
      : `(${formatString(part.disposition)} ${formatParameters(part.dispositionParameters, form)})`;
  return `${disposition} ${formatLanguages(part.language)} ${formatText(part.location, form)}`;
}

function formatLanguages(languages: string[]): string {
  if (languages.length === 0) return 'NIL';
  if (languages.length === 1) return formatString(languages[0]!);
  return `(${languages.map((tag) => formatString(tag)).join(' ')})`;
}

/** Text of a header field: raw 8-bit leaves as encoded words, where the client does not take UTF-8. */
function formatText(text: string | null, { isUtf8 }: Form): string {
  if (text === null) return 'NIL';
  return isUtf8 ? formatString(text.toWellFormed(), true) : formatString(toSafeText(text));
}

function formatParameters(parameters: Record<string, string>, { isUtf8 }: Form): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(parameters).slice(0, MAX_PARAMETERS)) {
    // Raw 8-bit values leave in the form the standard has for them (RFC 2231 §4).
    if (!isUtf8 && /[^\u0000-\u007f]/.test(value) && !name.endsWith('*')) {
      if (`${name}*` in parameters) continue;
      pairs.push(formatString(`${name}*`), formatString(`utf-8''${percentEncode(value)}`));
    } else pairs.push(formatString(name, isUtf8), formatString(toOneLine(value), isUtf8));
  }
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`;
}

function toOneLine(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

// ENVELOPE, BODY and BODYSTRUCTURE for clients that take UTF-8 (RFC 9755, RFC 9051 §7.5.2). What the store has
// rendered is 7-bit; here the same is made of a message that has raw UTF-8, or a message/global within.

import { isAscii } from 'node:buffer';
import { parseHeaderFields } from '#lib/mail/header.ts';
import { renderBody, renderBodyStructure, renderEnvelope } from '#lib/mail/structure.ts';
import type { RenderedMessage } from '#server/store/read.ts';
import type { MessageSources } from './message-source.ts';

/** What the 7-bit form writes where there was more than 7 bits, and a type that is a message only in UTF-8. */
const traces = /utf-8''|=\?utf-8\?|"message" "global"/i;

export function renderUtf8(
  name: 'ENVELOPE' | 'BODY' | 'BODYSTRUCTURE',
  message: RenderedMessage,
  sources: MessageSources,
): Buffer | Promise<Buffer> {
  if (name === 'ENVELOPE') {
    if (isAscii(message.header)) return message.envelope;
    return renderEnvelope(parseHeaderFields(message.header), true);
  }
  const stored = name === 'BODY' ? message.body : message.bodyStructure;
  if (!traces.test(stored.toString('latin1'))) return stored;
  const render = name === 'BODY' ? renderBody : renderBodyStructure;
  return sources.readParts(message).then((parts) => render(parts, true));
}

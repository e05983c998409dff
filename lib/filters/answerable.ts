// Whether a message is one that a person wrote to this person, which alone is answered while she is away (RFC 3834 §2).
import { canonicalAddress, parseAddressList, splitAddress } from '../mail/address.ts';
import { findField, findFields, parseHeaderFields, readRawText, unfold } from '../mail/header.ts';

const maxFieldLength = 64 * 1024;

/** Local parts that belong to programs: whoever answers them answers nobody. */
const robot =
  /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|listserv|majordomo|owner-.*|.*-(?:request|owner|bounces?|return))$/;
const keys = new Set(
  [
    ...['auto-submitted', 'precedence', 'to', 'cc', 'x-auto-response-suppress', 'feedback-id'],
    ...['list-id', 'list-post', 'list-help', 'list-unsubscribe', 'list-owner', 'list-archive'],
    ...['list-subscribe', 'x-loop', 'x-autoreply', 'x-autorespond', 'content-type'],
  ].map((name) => name.toLowerCase()),
);

/**
 * Why a message is not answered, or null where it may be. `isOwn` tells the canonical addresses of the person;
 * `sender`: of the envelope.
 */
export function whyUnanswered(
  sender: string,
  header: Buffer,
  isOwn: (canonical: string) => boolean,
): string | null {
  const address = canonicalAddress(sender);
  // RFC 3834 §2: the null sender, and what the envelope does not name, is nobody to answer.
  if (!address) return 'no sender';
  if (isOwn(address)) return 'own mail';
  if (robot.test(splitAddress(address).local)) return 'sent by a program';
  const fields = parseHeaderFields(header, keys);
  const text = (name: string) => {
    const field = findField(fields, name);
    return field ? unfold(field.rawValue.slice(0, 1000)).toLowerCase() : '';
  };
  const auto = text('auto-submitted');
  if (auto !== '' && !/^no\b/.test(auto)) return 'sent by a program';
  if (/\b(?:bulk|list|junk|auto_reply)\b/.test(text('precedence'))) return 'a list or bulk mail';
  if (fields.some(({ key }) => key.startsWith('list-') || key === 'feedback-id')) {
    return 'a list or bulk mail';
  }
  if (fields.some(({ key }) => /^x-(?:loop|autoreply|autorespond)$/.test(key))) {
    return 'sent by a program';
  }
  if (/\b(?:all|autoreply|oof)\b/.test(text('x-auto-response-suppress'))) {
    return 'its sender wants no answer';
  }
  if (/^multipart\/report\b/.test(text('content-type'))) return 'a report';
  // RFC 3834 §2: only where the person herself is named, not one of thousands.
  const named = ['to', 'cc'].flatMap((name) =>
    findFields(fields, name)
      .slice(0, 20)
      .flatMap(({ rawValue }) => parseAddressList(readRawText(rawValue.slice(0, maxFieldLength)))),
  );
  const isNamed = named.some(({ local, domain }) => {
    const canonical = canonicalAddress(`${local}@${domain}`);
    return canonical !== null && isOwn(canonical);
  });
  return isNamed ? null : 'not addressed to this person';
}

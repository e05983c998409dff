// The octets that a client is to have of a stored message, and how many RETR sends of them. Pure.
//
// Invariant: a message in line form (lib/mail/line-form.ts) is sent as it is stored.
import { downgradeMessage } from './downgrade.ts';
import { completeMessage } from './message-text.ts';

const cr = 13;
const lf = 10;

/** `isUtf8`: the client has said UTF8 (RFC 6856 §2.1). */
export function shapeMessage(bytes: Buffer, isUtf8: boolean): Buffer {
  return completeMessage(isUtf8 ? bytes : downgradeMessage(bytes));
}

/** RFC 1939 §11: each line end counts as two octets (stuffing.ts makes CRLF of it), stuffed dots do not count. */
export function countSentOctets(shaped: Buffer): number {
  let octets = shaped.length;
  for (let at = shaped.indexOf(lf); at >= 0; at = shaped.indexOf(lf, at + 1)) {
    if (shaped[at - 1] !== cr) octets++;
  }
  const last = shaped[shaped.length - 1];
  if (last === lf) return octets;
  return octets + (last === cr ? 1 : 2);
}

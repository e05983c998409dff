// The one place where a Refusal becomes an IMAP answer (RFC 5530 response codes).
import type { Refusal, RefusalReason } from '#lib/errors.ts';
import { type Ending, no } from './wire/encode.ts';

const codes: Record<RefusalReason, string> = {
  invalid: 'CANNOT',
  'not-found': 'NONEXISTENT',
  exists: 'ALREADYEXISTS',
  forbidden: 'NOPERM',
  'auth-failed': 'AUTHENTICATIONFAILED',
  // Thunderbird shows the text of UNAVAILABLE instead of asking for the password again.
  throttled: 'UNAVAILABLE',
  'over-quota': 'OVERQUOTA',
  'too-big': 'TOOBIG', // RFC 7889 §4
  limit: 'LIMIT',
  'in-use': 'INUSE',
  conflict: 'INUSE',
  unavailable: 'UNAVAILABLE',
};

/** Tagged NO for a refusal; `code` where a command has one of its own (TRYCREATE). */
export function refuse(refusal: Refusal, code: string = codes[refusal.reason]): Ending {
  return no(refusal.message, code);
}

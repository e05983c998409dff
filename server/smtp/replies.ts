// Every "no" of SMTP in one table: named reason → reply code and enhanced status code (RFC 5321 §4.2,
// RFC 3463). Nothing else in this room writes a code for a refusal of ours.
import { isRefusal, type RefusalReason } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { StorageRefusal } from '#lib/storage-failure.ts';
import {
  mailboxFull,
  noRoom,
  type Reason,
  type Refused,
  refuse,
  tooBig,
  unavailable,
} from './verdict.ts';

const log = logOf('smtp');

/** One reply line: "554 5.7.1 text". */
export type Reply = { code: number; enhanced: string; text: string };

const codes: Record<Reason, [code: number, enhanced: string]> = {
  'too-many-connections': [421, '4.7.0'],
  'early-talker': [554, '5.5.0'],
  'out-of-step': [554, '5.5.0'],
  'bad-helo': [501, '5.5.4'],
  'signed-out': [530, '5.7.0'],
  'unknown-parameter': [555, '5.5.4'],
  'bad-parameter': [501, '5.5.4'],
  'tls-first': [530, '5.7.0'],
  'bad-sender': [553, '5.1.7'],
  'null-sender': [553, '5.7.1'],
  'sender-not-owned': [553, '5.7.1'],
  'utf8-not-declared': [553, '5.6.7'],
  'too-many-recipients': [452, '4.5.3'],
  'bad-recipient': [553, '5.1.3'],
  'source-route': [554, '5.7.1'],
  'relay-denied': [554, '5.7.1'],
  'unknown-recipient': [550, '5.1.1'],
  'recipient-disabled': [550, '5.2.1'],
  // The user may make room: temporary, where "552" of RFC 5321 §4.2.3 would end the mail at once.
  'mailbox-full': [452, '4.2.2'],
  'never-fits': [552, '5.2.2'],
  'too-big': [552, '5.3.4'],
  'header-too-big': [552, '5.3.4'],
  'bare-newline': [550, '5.6.11'],
  'too-many-hops': [554, '5.4.6'],
  'mail-loop': [554, '5.4.6'],
  'bad-from': [550, '5.6.0'],
  'from-not-owned': [553, '5.7.1'],
  'unclear-author': [550, '5.7.1'],
  // RFC 7372 §3.2.
  spf: [550, '5.7.23'],
  dmarc: [550, '5.7.1'],
  'bad-header': [550, '5.6.0'],
  'too-complex': [554, '5.6.0'],
  attachment: [550, '5.7.1'],
  virus: [550, '5.7.1'],
  spam: [550, '5.7.1'],
  scanner: [550, '5.7.1'],
  'scanner-later': [451, '4.7.1'],
  'too-fast': [450, '4.7.1'],
  'no-reverse-name': [550, '5.7.25'],
  'helo-is-ours': [550, '5.7.1'],
  'helo-no-name': [550, '5.7.1'],
  'helo-unknown': [550, '5.7.1'],
  'no-sender-domain': [550, '5.1.8'],
  // RFC 7505 §5.
  'sender-takes-no-mail': [550, '5.7.27'],
  listed: [554, '5.7.1'],
  greylisted: [450, '4.7.1'],
  'dns-trouble': [451, '4.4.3'],
  'access-denied': [554, '5.7.1'],
  'access-deferred': [450, '4.7.1'],
  // RFC 3463 §3.8: the sender may not write to this group.
  'not-a-poster': [550, '5.7.2'],
  'sending-limit': [452, '4.7.28'],
  'sending-never': [550, '5.7.28'],
  'no-room': [452, '4.3.1'],
  unavailable: [451, '4.3.0'],
};

/** Refusals of other rooms that can reach a mail transaction; any other is a fault of ours. */
const verdicts: Partial<Record<RefusalReason, (text: string) => Refused>> = {
  'over-quota': mailboxFull,
  'too-big': () => tooBig,
  throttled: (text) => refuse('sending-limit', text),
};

/** The reply that tells a refusing verdict. */
export function replyOf(verdict: Refused): Reply {
  const [code, enhanced] = codes[verdict.reason];
  return { code, enhanced, text: verdict.text };
}

/** A thrown value as a verdict: a refusal of the store, or a fault that is logged whole and told as 451. */
export function verdictOfError(error: unknown): Refused {
  // Logged where it was noticed.
  if (error instanceof StorageRefusal) return error.isFull ? noRoom : unavailable;
  const known = isRefusal(error) ? verdicts[error.reason]?.(error.message) : undefined;
  if (known) return known;
  log.error({ err: error }, 'a mail transaction failed');
  return unavailable;
}

/** RFC 5321 §4.2.2: this command has no place here. */
export function badSequence(text: string): Reply {
  return { code: 503, enhanced: '5.5.1', text };
}

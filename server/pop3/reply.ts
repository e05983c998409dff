// What a command answers; server/pop3/connection.ts writes it.
import { isRefusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { Unwelcome } from './roster.ts';

export type Reply = {
  /** First line, without its line end. */
  line: string;
  /** Lines of a multi-line reply that need no dot stuffing, each without its line end. */
  lines?: string[];
  /** A message, sent dot-stuffed as a multi-line reply. */
  message?: Buffer;
  /** The next line belongs to this exchange instead of being a command (RFC 5034). */
  next?: (line: string) => Promise<Reply>;
  /** After the line: hang up, or the TLS handshake. */
  after?: 'close' | 'start-tls';
  /** Counts against the limit of errors. */
  isError?: boolean;
};

export function ok(text: string, more: Omit<Reply, 'line' | 'isError'> = {}): Reply {
  return { line: `+OK ${text}`, ...more };
}

/** RFC 2449 §8 and RFC 3206. */
type Code = 'AUTH' | 'SYS/TEMP' | 'IN-USE' | 'LOGIN-DELAY';

/** The code tells a program whether asking for a new password makes sense. */
export function err(text: string, code: Code | null = null): Reply {
  return { line: code ? `-ERR [${code}] ${text}` : `-ERR ${text}`, isError: true };
}

const log = logOf('pop3');

/** The one place where what was thrown becomes a reply. */
export function replyTo(error: unknown): Reply {
  if (isRefusal(error, 'auth-failed')) return err('The address or the password is wrong.', 'AUTH');
  if (error instanceof Unwelcome) return err(error.message, error.code);
  // Not [AUTH]: the password may be right, and a program must not ask its user for another one.
  if (isRefusal(error)) return err(oneLine(error.message), 'SYS/TEMP');
  log.error({ error }, 'a command failed');
  return err('The server has a problem; try again later.', 'SYS/TEMP');
}

function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, 400);
}

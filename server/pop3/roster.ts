// Who is logged in over POP3 in this process: how many sessions a user has, and when the last one began.
import { type Login, watchLogin } from '#lib/accounts/login-watch.ts';
import { Refusal } from '#lib/errors.ts';
import type { Settings } from '#lib/settings/index.ts';

/** Refused behind a right password: RFC 2449 §8.1 has codes for these. */
export class Unwelcome extends Refusal {
  readonly code: 'IN-USE' | 'LOGIN-DELAY';

  constructor(code: 'IN-USE' | 'LOGIN-DELAY', text: string) {
    super('in-use', text);
    this.code = code;
  }
}

const members = new Map<string, Set<Login>>();
/** When each account logged in last (milliseconds of performance.now), the oldest first. */
const lastLogins = new Map<string, number>();

/** Takes a place for the session; the result gives it back. Throws Unwelcome. */
export function joinRoster(member: Login, settings: Settings): () => void {
  const { accountId } = member;
  const own = members.get(accountId) ?? new Set();
  const limit = settings['pop3.isExclusive'] ? 1 : settings['pop3.maxConnectionsPerUser'];
  if (own.size >= limit) {
    const text = limit === 1 ? 'Another session has the mailbox open.' : 'Too many sessions.';
    throw new Unwelcome('IN-USE', text);
  }
  waitDelay(accountId, settings['pop3.loginDelaySeconds'] * 1000);
  own.add(member);
  members.set(accountId, own);
  const unwatch = watchLogin(member);
  return () => {
    unwatch();
    if (own.delete(member) && own.size === 0) members.delete(accountId);
  };
}

/** RFC 2449 §6.5: logins of one user have so much time between them. */
function waitDelay(accountId: string, delayMs: number): void {
  if (delayMs === 0) {
    lastLogins.clear();
    return;
  }
  const now = performance.now();
  for (const [other, at] of lastLogins) {
    if (at > now - delayMs) break;
    lastLogins.delete(other);
  }
  if (lastLogins.has(accountId)) {
    throw new Unwelcome('LOGIN-DELAY', 'The last login was too short a time ago.');
  }
  lastLogins.set(accountId, now);
}

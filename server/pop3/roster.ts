// Who is logged in over POP3 in this process: how many sessions a user has, when the last one began, and whose login
// has ended meanwhile (disabled, removed, another password), which closes his sessions within a second.
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import type { Settings } from '#lib/settings/index.ts';

export type Member = {
  accountId: string;
  epoch: number;
  /** The login has ended: hang up, without UPDATE. */
  end(): void;
};

/** Refused behind a right password: RFC 2449 §8.1 has codes for these. */
export class Unwelcome extends Refusal {
  readonly code: 'IN-USE' | 'LOGIN-DELAY';

  constructor(code: 'IN-USE' | 'LOGIN-DELAY', text: string) {
    super('in-use', text);
    this.code = code;
  }
}

const log = logOf('pop3');
const lookIntervalMs = 500;
const accountsPerLook = 500;
const members = new Map<string, Set<Member>>();
/** When each account logged in last (milliseconds of performance.now), the oldest first. */
const lastLogins = new Map<string, number>();
let timer: NodeJS.Timeout | null = null;

/** Takes a place for the session; the result gives it back. Throws Unwelcome. */
export function joinRoster(member: Member, settings: Settings): () => void {
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
  timer ??= setInterval(() => void look(), lookIntervalMs).unref();
  return () => {
    if (!own.delete(member) || own.size > 0) return;
    members.delete(accountId);
    if (members.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
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

let isLooking = false;

/** Ends the sessions whose login stands no longer: one look for many accounts. */
async function look(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  try {
    const ids = [...members.keys()];
    for (let start = 0; start < ids.length; start += accountsPerLook) {
      await lookAt(ids.slice(start, start + accountsPerLook));
    }
  } catch (error) {
    log.warn({ error }, 'open logins could not be looked at');
  } finally {
    isLooking = false;
  }
}

async function lookAt(ids: string[]): Promise<void> {
  const rows = await db.account.findMany({
    where: { id: { in: ids }, isDisabled: false },
    select: { id: true, epoch: true },
  });
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  for (const id of ids) {
    for (const member of [...(members.get(id) ?? [])]) {
      if (epochs.get(id) !== member.epoch) member.end();
    }
  }
}

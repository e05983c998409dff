// Conversations that have delivered a mail and may take the next one to the same host (Postfix:
// smtp_connection_cache_on_demand). Whoever takes one has it alone. Invariant: a key holds all that the conversation was
// protected by (host, address, port, source, TLS policy, login), so that no mail leaves over less than its own policy asks.
import { createHash } from 'node:crypto';
import type { TlsPolicy } from '../tls/tls-policy.ts';
import type { Target } from './mx.ts';
import type { Session } from './session.ts';

/** How long one conversation may serve. */
export type Reuse = { maxMessages: number; maxMs: number };

/** RFC 5321 has no word on it; Postfix keeps them so long too, and others count idle connections. */
const idleMs = 2000;
const maxIdle = 200;

/** Those whose end is listened to; each may come here many times. */
const watched = new WeakSet<Session>();

const idle = new Map<Session, { key: string; timer: NodeJS.Timeout }>();

export type SessionFacts = {
  target: Target;
  policy: TlsPolicy;
  login: { username: string; password: string } | null;
  hostname: string;
  /** What the host had to prove by the policy of its domain. */
  proof: string;
};

/** What conversations must share to be the same. */
export function sessionKey({ target, policy, login, hostname, proof }: SessionFacts): string {
  const { host, address, port, source = '', isLmtp = false } = target;
  const way = [host, address, port, source, isLmtp, hostname];
  const text = JSON.stringify([...way, policy, login, proof]);
  return createHash('sha256').update(text).digest('hex');
}

/** An open conversation of that key, no longer in the pool. */
export function takeSession(key: string): Session | null {
  for (const [session, entry] of idle) {
    if (entry.key !== key) continue;
    forget(session);
    if (session.isOpen) return session;
  }
  return null;
}

/** Keeps the conversation for the next mail for a moment, or ends it where it has served enough. */
export function giveSession(key: string, session: Session, { maxMessages, maxMs }: Reuse): void {
  if (!session.isFresh || session.messages >= maxMessages || session.ageMs >= maxMs) {
    session.end();
    return;
  }
  const [oldest] = idle.keys();
  if (oldest && idle.size >= maxIdle) endIdle(oldest);
  const timer = setTimeout(() => endIdle(session), idleMs);
  timer.unref();
  idle.set(session, { key, timer });
  if (watched.has(session)) return;
  watched.add(session);
  session.onEnd(() => forget(session));
}

/** When nothing more is to be sent. */
export function endIdleSessions(): void {
  for (const session of [...idle.keys()]) endIdle(session);
}

function endIdle(session: Session): void {
  forget(session);
  session.end();
}

function forget(session: Session): void {
  const entry = idle.get(session);
  if (!entry) return;
  clearTimeout(entry.timer);
  idle.delete(session);
}

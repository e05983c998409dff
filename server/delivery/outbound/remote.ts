// One attempt: a message for recipients of one route, offered to the targets in order until one takes part
// in a transaction. Falls through on a failed connection, greeting, TLS or login and on a deferred sender.
// Invariant: after a transaction was answered no other target is tried, so nothing is delivered twice by us.
import { isLoopback } from '#lib/accounts/network.ts';
import { normalizeNewlines, replaceNul } from '#lib/mail/line-check.ts';
import { watchPeer } from '#server/net/watched-peers.ts';
import type { Render } from '../outgoing.ts';
import {
  type HostPolicy,
  proofOf,
  type TlsFault,
  type TlsPolicy,
  tlsPolicyOf,
} from '../tls/tls-policy.ts';
import type { Target } from './mx.ts';
import { type Timeouts, usualTimeouts } from './patience.ts';
import type { Result } from './reply.ts';
import {
  type Envelope,
  type OpenOptions,
  openSession,
  type Session,
  SessionProblem,
} from './session.ts';
import { giveSession, type Reuse, sessionKey, takeSession } from './session-pool.ts';

export type { Recipient } from './session.ts';
export type { Result };

export type RemoteAttempt = {
  targets: Target[];
  policy: TlsPolicy;
  /** Goes before `policy` where the host's domain says what it has to prove. */
  findPolicy?: (target: Target) => Promise<HostPolicy>;
  /** At a relay host. */
  login: { username: string; password: string } | null;
  envelope: Omit<Envelope, 'needsUtf8'> & { isSmtpUtf8: boolean };
  /** The whole message, or what makes it for a host; bare CR and LF are mended before it leaves. */
  bytes: Buffer | Render;
  hostname: string;
  connectTimeoutMs: number;
  /** Without: what RFC 5321 asks for. */
  timeouts?: Timeouts;
  /** Peers whose dialogue is logged. */
  debugPeers?: readonly string[];
  /** How long a conversation may serve; without, it is for this mail alone. */
  reuse?: Reuse;
  /** Ends the attempt at once; then deliverRemote throws. */
  signal: AbortSignal;
  /** A host has answered: from here on the attempt is a conversation. */
  onConnected?: () => void;
};

/** No conversation may last longer, however slowly the other side trickles. */
const attemptLimitMs = 30 * 60_000;

/** Result of each recipient by address. Throws only when the signal ends it. */
export async function deliverRemote(attempt: RemoteAttempt): Promise<Map<string, Result>> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), attemptLimitMs);
  timer.unref();
  const begin = performance.now();
  const signal = AbortSignal.any([attempt.signal, limit.signal]);
  try {
    const results = await tryTargets({ ...attempt, signal }, attempt.signal);
    const tookMs = Math.round(performance.now() - begin);
    return mapResults(results, (result) => ({ ...result, tookMs }));
  } finally {
    clearTimeout(timer);
  }
}

/** `attempt.signal` is also the limit of time; `stop` alone ends the attempt without a result. */
async function tryTargets(attempt: RemoteAttempt, stop: AbortSignal): Promise<Map<string, Result>> {
  const problems: { problem: SessionProblem; target: Target }[] = [];
  for (const target of attempt.targets) {
    try {
      return await tryTarget(attempt, target);
    } catch (error) {
      if (stop.aborted) throw error;
      if (attempt.signal.aborted) {
        problems.push({ problem: new SessionProblem('The attempt took too long'), target });
        break;
      }
      if (!(error instanceof SessionProblem)) throw error;
      problems.push({ problem: error, target });
    }
  }
  return toAll(attempt, chooseProblem(problems));
}

/** A temporary problem of any target counts more than a permanent one; of several, the first target's. */
function chooseProblem(problems: { problem: SessionProblem; target: Target }[]): Result {
  const chosen = problems.find(({ problem }) => !problem.isPermanent) ?? problems[0];
  if (!chosen) {
    return { kind: 'deferred', code: 0, status: '4.4.4', text: 'No host to try', host: '' };
  }
  const { problem, target } = chosen;
  return {
    kind: problem.isPermanent ? 'failed' : 'deferred',
    code: problem.code,
    status: problem.status,
    text: problem.message,
    host: target.host,
    ...(target.address ? { address: target.address } : {}),
  };
}

async function tryTarget(attempt: RemoteAttempt, target: Target): Promise<Map<string, Result>> {
  const host = (await attempt.findPolicy?.(target)) ?? null;
  if (host?.refusal) throw refuse(attempt, host, host.refusal);
  const results = await converse(attempt, target, host);
  const source = host && host.source !== 'none' ? `, ${host.source}` : '';
  for (const [recipient, result] of results) {
    if (result.tls) results.set(recipient, { ...result, tls: result.tls + source });
  }
  return results;
}

async function converse(
  attempt: RemoteAttempt,
  target: Target,
  host: HostPolicy | null,
): Promise<Map<string, Result>> {
  // What asks for more of the host than its policy says gets a conversation of its own.
  const isShared = (attempt.reuse?.maxMessages ?? 1) > 1 && !mustRequireTls(attempt);
  const key = isShared ? sessionKey({ ...attempt, target, proof: proofOf(host) }) : '';
  const known = isShared ? takeSession(key) : null;
  if (known) {
    known.resume({ signal: attempt.signal, ...mannersOf(attempt, target) });
    attempt.onConnected?.();
    try {
      return await transactAndKeep(attempt, known, key);
    } catch (error) {
      if (!(error instanceof SessionProblem) || !error.isStale) throw error;
    }
  }
  const session = await open(attempt, target, host);
  attempt.onConnected?.();
  try {
    await logIn(attempt, session);
  } catch (error) {
    session.end();
    throw error;
  }
  return transactAndKeep(attempt, session, key);
}

async function logIn({ login, policy }: RemoteAttempt, session: Session): Promise<void> {
  if (!login) return;
  const { target } = session;
  if (!login.password) {
    const text = 'The stored password of the relay rule cannot be read: set it again';
    throw new SessionProblem(text, { status: '4.7.0' });
  }
  // A password goes out in clear only where the rule says "no TLS", or to this machine.
  const isHere = target.socket !== undefined || isLoopback(target.address);
  if (!session.isSecure && policy.mode !== 'none' && !isHere) {
    throw new SessionProblem(`${target.host} offers no TLS, so there is no login`, {
      status: '4.7.4',
    });
  }
  await session.login(login.username, login.password);
}

/** `key`: of the pool that the conversation goes to when all went well; empty = none. */
async function transactAndKeep(
  attempt: RemoteAttempt,
  session: Session,
  key: string,
): Promise<Map<string, Result>> {
  try {
    const tls = session.tls?.protocol ?? 'no TLS';
    const results = await transact(attempt, session);
    const { address } = session.target;
    return mapResults(results, (result) => ({ ...result, tls, ...(address ? { address } : {}) }));
  } finally {
    if (key && attempt.reuse) giveSession(key, session, attempt.reuse);
    else session.end();
  }
}

/** A host that gets nothing by its policy, whatever it would show. */
function refuse(
  attempt: RemoteAttempt,
  host: HostPolicy,
  { type, text }: TlsFault,
): SessionProblem {
  host.count(type);
  // What the DNS does not say now it may say later.
  const isPermanent = mustRequireTls(attempt) && type !== 'dnssec-invalid';
  return new SessionProblem(text, { status: isPermanent ? '5.7.10' : '4.7.5', isPermanent });
}

/** A conversation with a host that has proven what it must. */
async function open(
  attempt: RemoteAttempt,
  target: Target,
  host: HostPolicy | null,
): Promise<Session> {
  const session = await openByPolicy(attempt, target, host);
  if (!mustRequireTls(attempt) || session.has('REQUIRETLS')) return session;
  session.end();
  // RFC 8689 §4.2.1
  const text = `${target.host} does not promise to send on with TLS only (REQUIRETLS)`;
  throw new SessionProblem(text, { status: '5.7.30', isPermanent: true });
}

async function openByPolicy(
  attempt: RemoteAttempt,
  target: Target,
  host: HostPolicy | null,
): Promise<Session> {
  const { hostname, connectTimeoutMs, signal } = attempt;
  const policy = host?.tls ?? attempt.policy;
  const manners = mannersOf(attempt, target);
  const options: OpenOptions = { target, policy, hostname, connectTimeoutMs, signal, ...manners };
  try {
    const session = await openSession(options);
    if (host) judge(session, host);
    return session;
  } catch (error) {
    if (!(error instanceof SessionProblem) || !error.isTls) throw error;
    host?.count(error.tlsType);
    if (mustRequireTls(attempt)) {
      const text = `TLS is required for this message: ${error.message}`;
      throw new SessionProblem(text, { status: '5.7.10', isPermanent: true });
    }
    if (!policy.mayFallBack) {
      if (!host) throw error;
      const text = `${error.message}. By ${host.source} there is no delivery without`;
      throw new SessionProblem(text, { status: error.status, isTls: true });
    }
    return openSession({ ...options, policy: tlsPolicyOf('none') });
  }
}

/** How this conversation is led, now. */
function mannersOf(attempt: RemoteAttempt, { address }: Target) {
  return {
    timeouts: attempt.timeouts ?? usualTimeouts,
    watch: watchPeer(attempt.debugPeers ?? [], address),
  };
}

/** Counts how the host did, and ends the conversation where its policy binds. */
function judge(session: Session, host: HostPolicy): void {
  if (!session.tls) {
    host.count('starttls-not-supported');
    return;
  }
  const fault = host.judge?.(session.tls) ?? null;
  if (fault && host.isBinding) {
    session.end();
    throw new SessionProblem(fault.text, { status: '4.7.5', isTls: true, tlsType: fault.type });
  }
  host.count(fault?.type ?? 'success');
}

/** RFC 8689 §4.2.2: a report (from nobody) goes also where the way back is not protected. */
function mustRequireTls({ envelope }: RemoteAttempt): boolean {
  return envelope.isTlsRequired && envelope.sender !== '';
}

async function transact(attempt: RemoteAttempt, session: Session): Promise<Map<string, Result>> {
  const { envelope } = attempt;
  const has8BitMime = session.has('8BITMIME');
  const made = Buffer.isBuffer(attempt.bytes)
    ? attempt.bytes
    : await attempt.bytes({ has8BitMime });
  if (!Buffer.isBuffer(made)) {
    return toAll(attempt, { kind: 'failed', code: 554, ...made, host: session.target.host });
  }
  // RFC 5321 §2.3.8: no bare CR or LF leaves this server, or a lenient receiver sees a second message. A NUL
  // (RFC 5322 has no place for it) does the same to a receiver that drops it: CR LF NUL dot CR LF.
  const bytes = replaceNul(normalizeNewlines(made));
  const isEightBit = (text: string) => /[^\u0000-\u007f]/.test(text);
  const is8Bit = hasEightBit(bytes);
  const needsUtf8 =
    isEightBit(envelope.sender) || (envelope.isSmtpUtf8 && is8Bit && hasEightBit(headerOf(bytes)));
  const canUtf8 = session.has('SMTPUTF8');
  const isImpossible = (recipient: string) => !canUtf8 && (needsUtf8 || isEightBit(recipient));
  const recipients = envelope.recipients.filter((entry) => !isImpossible(entry.recipient));
  const results =
    recipients.length > 0
      ? await session.send({ ...envelope, recipients, needsUtf8 }, bytes, is8Bit)
      : new Map<string, Result>();
  for (const { recipient } of envelope.recipients) {
    if (results.has(recipient)) continue;
    // RFC 6531 §3.6
    const text = `${session.target.host} does not support internationalized mail (SMTPUTF8)`;
    results.set(recipient, {
      kind: 'failed',
      code: 553,
      status: '5.6.7',
      text,
      host: session.target.host,
    });
  }
  return results;
}

function mapResults(
  results: Map<string, Result>,
  change: (result: Result) => Result,
): Map<string, Result> {
  return new Map([...results].map(([recipient, result]) => [recipient, change(result)]));
}

function toAll(attempt: RemoteAttempt, result: Result): Map<string, Result> {
  return new Map(attempt.envelope.recipients.map((entry) => [entry.recipient, result]));
}

function headerOf(bytes: Buffer): Buffer {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function hasEightBit(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 0x7f) return true;
  return false;
}

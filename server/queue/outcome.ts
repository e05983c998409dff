// What becomes of a queued recipient after an attempt. Pure: the result, the row's history, the clock and
// the settings go in, a decision comes out; attempt.ts carries it out. The whole retry policy is here.
import type { Result } from '#server/delivery/outbound/reply.ts';

export type Schedule = {
  firstRetryMs: number;
  maxRetryMs: number;
  /** 0 = no delay notice. */
  delayNoticeMs: number;
  lifetimeMs: number;
};

export type History = {
  /** From here lifetime and delay count: its arrival, its release, or the time it was scheduled for. */
  createdAt: Date;
  /** Attempts made, this one included. */
  attempts: number;
  isDelayTold: boolean;
  /** NOTIFY words, comma separated, or empty (RFC 3461 §4.1). */
  notify: string;
  /** Empty for the null sender. */
  sender: string;
  /** The sender has a mailbox here. */
  isOwnSender: boolean;
  /** A user here has submitted it. */
  isSubmitted: boolean;
};

export type Decision =
  /** `tellsSuccess`: a report is due, since the next server makes none. */
  | { kind: 'delivered'; tellsSuccess: boolean }
  | { kind: 'retry'; at: Date; tellsDelay: boolean }
  /** `isExpired`: temporary to the end, given up after its lifetime. */
  | { kind: 'bounce'; isExpired: boolean }
  /** Given up without telling the sender. */
  | { kind: 'drop'; isExpired: boolean; why: 'null-sender' | 'notify' | 'rule' };

/** Decides by the result of one attempt. */
export function decide(result: Result, history: History, schedule: Schedule, now: Date): Decision {
  if (result.kind === 'delivered') {
    return { kind: 'delivered', tellsSuccess: isSuccessDue(result, history) };
  }
  if (result.kind === 'discarded') return { kind: 'drop', isExpired: false, why: 'rule' };
  const endsAt = history.createdAt.getTime() + schedule.lifetimeMs;
  const isExpired = result.kind === 'deferred' && now.getTime() >= endsAt;
  if (result.kind === 'deferred' && !isExpired) {
    const tellsDelay = isDelayDue(history, schedule, now);
    return { kind: 'retry', at: nextAttempt(history, schedule, now, tellsDelay), tellsDelay };
  }
  // RFC 5321 §6.1: a bounce is never answered by a bounce.
  if (history.sender === '') return { kind: 'drop', isExpired, why: 'null-sender' };
  if (!isNotified(history.notify, 'FAILURE')) return { kind: 'drop', isExpired, why: 'notify' };
  return { kind: 'bounce', isExpired };
}

/** The wait after attempt number `attempts`: the first, then twice as long each time up to the longest. */
export function retryWaitMs(attempts: number, schedule: Schedule): number {
  const longest = Math.max(schedule.firstRetryMs, schedule.maxRetryMs);
  const doublings = Math.min(Math.max(0, attempts - 1), 30);
  return Math.min(schedule.firstRetryMs * 2 ** doublings, longest);
}

/**
 * The next attempt is not later than the end of the lifetime, so that the last try is made there; and where
 * a delay notice is still to come, not later than that, so that it is told in time.
 */
function nextAttempt(history: History, schedule: Schedule, now: Date, tellsDelay: boolean): Date {
  const start = history.createdAt.getTime();
  const candidates = [
    now.getTime() + retryWaitMs(history.attempts, schedule),
    start + schedule.lifetimeMs,
  ];
  const noticeAt = start + schedule.delayNoticeMs;
  if (!tellsDelay && mayTellDelay(history, schedule) && noticeAt > now.getTime()) {
    candidates.push(noticeAt);
  }
  return new Date(Math.min(...candidates));
}

function isDelayDue(history: History, schedule: Schedule, now: Date): boolean {
  const at = history.createdAt.getTime() + schedule.delayNoticeMs;
  return mayTellDelay(history, schedule) && now.getTime() >= at;
}

/** Only own users are told of a delay: to others each notice would be one more mail for a forged sender. */
function mayTellDelay(history: History, schedule: Schedule): boolean {
  return (
    schedule.delayNoticeMs > 0 &&
    !history.isDelayTold &&
    history.isOwnSender &&
    history.sender !== '' &&
    isNotified(history.notify, 'DELAY')
  );
}

/**
 * RFC 3461 §5.2.2: of what is relayed to a server without DSN, where it was asked for. Only to users here: to others it
 * would be a way to have mail sent to a forged sender.
 */
function isSuccessDue(result: Result, history: History): boolean {
  const words = history.notify.toUpperCase().split(',');
  return (
    words.includes('SUCCESS') &&
    history.isSubmitted &&
    history.sender !== '' &&
    result.isNotifyPassed !== true
  );
}

/** RFC 3461 §4.1: without NOTIFY the server decides; NEVER and a list without the word say no. */
function isNotified(notify: string, word: 'FAILURE' | 'DELAY'): boolean {
  return notify === '' || notify.toUpperCase().split(',').includes(word);
}

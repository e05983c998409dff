// How many attempts a destination gets at one time, learned from its answers: it starts small, grows by one with each
// round of successes, is halved on trouble, and rests for a while when it says that it is asked too much or is not
// there. Pure but for the numbers it keeps; the clock comes in. What is learned lives in this process: another daemon
// learns for itself. Answers to Postfix's destination concurrency and rate settings.
import type { Settings } from '#lib/settings/index.ts';
import type { Result } from '#server/delivery/outbound/reply.ts';

export type Limits = {
  /** Attempts at one time to a destination that nothing is known of. */
  initial: number;
  max: number;
  /** From the end of one delivery to the start of the next; then one at a time. 0 = none. */
  rateDelayMs: number;
  /** The first rest; each further one without a success between is twice as long, up to the longest. */
  firstRestMs: number;
  longestRestMs: number;
};

/** "rest": the destination itself is in trouble, not this mail; "trouble": the connection was. */
export type Judgement = { kind: 'good' | 'neutral' | 'trouble' | 'rest'; why: string };

/** What the runner gives back at the end of an attempt. */
export type Ticket = { key: string; round: number };

export type Permission =
  | { may: true }
  /** `at`: when to ask again; null = when an attempt ends. */
  | { may: false; at: Date | null }
  /** Nothing is sent there before `until`. */
  | { may: false; until: Date; why: string };

type State = {
  active: number;
  /** Whole places; the fraction is what successes have gathered. */
  limit: number;
  /** Counts reductions, so that attempts of one round reduce once. */
  round: number;
  rests: number;
  restUntil: number;
  why: string;
  nextAt: number;
  usedAt: number;
};

const maxStates = 10_000;
const forgetMs = 3_600_000;

/** RFC 5321 §4.2.2: 421 closes the channel; RFC 3463 §3.8: X.7.x is policy, here one that passes. */
const limitWords =
  /\b(rate|throttl\w*|too (many|fast|much)|slow(ing)? down|try (again )?later|temporarily (deferred|blocked)|exceed\w*|unusual)\b/i;
/** Greylisting is about this sender and recipient; the others may pass. */
const greyWords = /gr[ea]y-?list/i;

/** What the results of one attempt say of the destination. */
export function judge(results: Result[]): Judgement {
  const words = (result: Result) =>
    [result.code || '', result.status, result.text].filter(Boolean).join(' ').slice(0, 200);
  const resting = results.find(isAboutDestination);
  // Somebody was served, so the rest is about recipients.
  if (results.some(({ kind }) => kind === 'delivered')) {
    return resting ? { kind: 'trouble', why: words(resting) } : { kind: 'good', why: '' };
  }
  if (resting) return { kind: 'rest', why: words(resting) };
  const lost = results.find(({ code, status }) => code === 0 && status === '4.4.2');
  return lost ? { kind: 'trouble', why: words(lost) } : { kind: 'neutral', why: '' };
}

function isAboutDestination({ kind, code, status, text }: Result): boolean {
  if (kind !== 'deferred' || greyWords.test(text)) return false;
  if (code === 0) return status === '4.4.1';
  // 5yz that defers is a greeting: this host takes nobody.
  if (code === 421 || code >= 500) return true;
  return /^4\.7\./.test(status) || limitWords.test(text);
}

/** Of a destination that no rule says anything of. */
export function limitsOf(settings: Settings): Limits {
  return {
    initial: settings['delivery.initialConcurrency'],
    max: settings['delivery.concurrencyPerDomain'],
    rateDelayMs: settings['delivery.rateDelaySeconds'] * 1000,
    firstRestMs: settings['delivery.restSeconds'] * 1000,
    longestRestMs: settings['delivery.firstRetryMinutes'] * 60_000,
  };
}

export class Destinations {
  private readonly states = new Map<string, State>();

  /** Whether one more attempt may start, besides `chosen` that are about to. Urgent ones do not wait for a rest. */
  ask(key: string, chosen: number, limits: Limits, at: Date, isUrgent = false): Permission {
    const state = this.states.get(key);
    const rest = (state?.restUntil ?? 0) - at.getTime();
    if (state && rest > 0 && !isUrgent) {
      return { may: false, until: new Date(state.restUntil), why: state.why };
    }
    const active = (state?.active ?? 0) + chosen;
    if (limits.rateDelayMs > 0) {
      if (active > 0) return { may: false, at: null };
      if (state && state.nextAt > at.getTime()) return { may: false, at: new Date(state.nextAt) };
    }
    const limit = Math.min(state?.limit ?? limits.initial, limits.max);
    return active < Math.floor(limit) ? { may: true } : { may: false, at: null };
  }

  begin(key: string, limits: Limits, at: Date): Ticket {
    let state = this.states.get(key);
    if (!state) {
      this.forgetSome(at);
      const limit = Math.min(limits.initial, limits.max);
      state = {
        ...{ active: 0, limit, round: 0, rests: 0, restUntil: 0, why: '', nextAt: 0 },
        usedAt: at.getTime(),
      };
      this.states.set(key, state);
    }
    state.active += 1;
    return { key, round: state.round };
  }

  end({ key, round }: Ticket, { kind, why }: Judgement, limits: Limits, at: Date): void {
    const state = this.states.get(key);
    if (!state) return;
    state.active = Math.max(0, state.active - 1);
    state.usedAt = at.getTime();
    state.nextAt = at.getTime() + limits.rateDelayMs;
    if (kind === 'good') {
      state.rests = 0;
      state.limit = Math.min(limits.max, state.limit + 1 / Math.max(1, Math.floor(state.limit)));
    }
    // What began before the last reduction tells nothing new.
    if (kind === 'good' || kind === 'neutral' || round !== state.round) return;
    state.round += 1;
    state.limit = Math.max(1, Math.floor(Math.min(state.limit, limits.max) / 2));
    if (kind === 'trouble') return;
    const longest = Math.max(limits.firstRestMs, limits.longestRestMs);
    const wait = Math.min(limits.firstRestMs * 2 ** Math.min(state.rests, 20), longest);
    state.rests += 1;
    state.restUntil = at.getTime() + wait;
    state.why = why;
  }

  private forgetSome(at: Date): void {
    if (this.states.size < maxStates) return;
    const old = at.getTime() - forgetMs;
    for (const [key, state] of this.states) {
      const isResting = state.restUntil > at.getTime();
      if (state.active === 0 && (state.usedAt < old || !isResting)) this.states.delete(key);
    }
  }
}

// What a relay rule lets through at one time, whatever destinations that is for. Nothing is learned here, unlike of
// destinations (concurrency.ts): an administrator has said it. Of this process alone; the clock comes in.
import type { RelayRule } from '#lib/queue/relay-rule.ts';
import type { Limits, Permission } from './concurrency.ts';

type Limited = Pick<RelayRule, 'id' | 'concurrency' | 'rateDelaySeconds'>;

export class RuleLimits {
  private readonly states = new Map<string, { active: number; nextAt: number }>();

  /** Whether one more attempt may start, besides `chosen` that are about to. */
  ask(rule: Limited | null, chosen: number, at: Date): Permission {
    if (!rule) return { may: true };
    const state = this.states.get(rule.id);
    const active = (state?.active ?? 0) + chosen;
    if (rule.rateDelaySeconds) {
      if (active > 0) return { may: false, at: null };
      if (state && state.nextAt > at.getTime()) return { may: false, at: new Date(state.nextAt) };
    }
    const isFull = rule.concurrency !== null && active >= rule.concurrency;
    return isFull ? { may: false, at: null } : { may: true };
  }

  begin(rule: Limited | null): void {
    if (!rule) return;
    const state = this.states.get(rule.id) ?? { active: 0, nextAt: 0 };
    state.active += 1;
    this.states.set(rule.id, state);
  }

  end(rule: Limited | null, at: Date): void {
    const state = rule && this.states.get(rule.id);
    if (!state) return;
    state.active = Math.max(0, state.active - 1);
    state.nextAt = at.getTime() + (rule.rateDelaySeconds ?? 0) * 1000;
    // A rule may be gone tomorrow.
    if (state.active === 0 && state.nextAt <= at.getTime()) this.states.delete(rule.id);
  }
}

/** The limits of a destination: hosts that a rule names are one, so what the rule says goes before the settings. */
export function limitsUnder(limits: Limits, rule: Limited | null, isNamed: boolean): Limits {
  if (!rule || !isNamed) return limits;
  const { concurrency, rateDelaySeconds } = rule;
  return {
    ...limits,
    max: concurrency ?? limits.max,
    rateDelayMs: rateDelaySeconds === null ? limits.rateDelayMs : rateDelaySeconds * 1000,
  };
}

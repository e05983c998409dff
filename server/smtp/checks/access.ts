// What an access rule says as a verdict (Postfix: access(5)). Refusing, welcoming and sorting out is for
// strangers, as behind permit_mynetworks and permit_sasl_authenticated: a rule against forged senders must
// not shut out their owner. Holding, copying, redirecting and discarding is for everybody's mail.
//
// Invariant: 'accept' is a welcome past checks for strangers; whether mail is relayed is for relay.ts alone.
import type { AccessAction, AccessRule } from '#lib/accounts/access-rule.ts';
import { refuse, type Verdict } from '../verdict.ts';

const forStrangers: readonly AccessAction[] = ['accept', 'reject', 'defer', 'junk'];

/** The first rule that fits and is meant for this client, or null. */
export async function findRule(
  rules: readonly AccessRule[],
  fits: (rule: AccessRule) => boolean | Promise<boolean>,
  isStranger: () => Promise<boolean>,
): Promise<AccessRule | null> {
  for (const rule of rules) {
    if (!(await fits(rule))) continue;
    if (forStrangers.includes(rule.action) && !(await isStranger())) continue;
    return rule;
  }
  return null;
}

/** What the rule wants. Its text is public. */
export function verdictOf(rule: AccessRule): Verdict {
  const { action, argument } = rule;
  const note = `${rule.scope} rule ${rule.pattern}`;
  switch (action) {
    case 'accept':
      return { outcome: 'welcome', reason: 'access-rule', note };
    case 'reject':
      return refuse('access-denied', argument || 'Access denied', note);
    case 'defer':
      return refuse('access-deferred', argument || 'Not now, try again later', note);
    case 'redirect':
    case 'bcc':
      return { outcome: action, reason: 'access-rule', to: argument, note };
    case 'junk':
    case 'discard':
      return { outcome: action, reason: 'access-rule', note };
    case 'hold':
      return { outcome: 'hold', reason: 'rule', note };
  }
}

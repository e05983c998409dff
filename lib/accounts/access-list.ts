// The access rules that a filter finds, always in the order in which they decide. There are at most some thousands, which
// are in memory for every session anyway.
import { type AccessRule, type AccessScope, listAccessRules } from './access-rule.ts';

export type AccessFilter = {
  /** In pattern, argument or comment, whatever the case */
  search?: string;
  scope?: AccessScope;
  action?: AccessRule['action'];
  isDisabled?: boolean;
};

/** A rule with its place among all of its scope, from 1. */
export type PlacedRule = AccessRule & { place: number; isLast: boolean };

/** The rules that fit, by scope and place. */
export async function findAccessRules(filter: AccessFilter = {}): Promise<PlacedRule[]> {
  const byScope = Map.groupBy(await listAccessRules(filter.scope), ({ scope }) => scope);
  const placed = [...byScope.values()].flatMap((rules) =>
    rules.map((rule, index) => ({
      ...rule,
      place: index + 1,
      isLast: index === rules.length - 1,
    })),
  );
  return placed.filter((rule) => fits(rule, filter));
}

function fits(rule: AccessRule, { search = '', action, isDisabled }: AccessFilter): boolean {
  if (action && rule.action !== action) return false;
  if (isDisabled !== undefined && rule.isDisabled !== isDisabled) return false;
  const wanted = search.trim().toLowerCase();
  const texts = [rule.pattern, rule.argument, rule.comment];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

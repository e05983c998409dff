// A rule while it is edited: as the grammar has it (lib/filters/rule.ts), with empty places that are not filled in yet.
import type { Action, Condition, NewRule, Rule } from '#lib/filters/rule.ts';

/** Rows have ids of their own, so that one that is removed does not hand its typing to the next. */
export type Row<T> = { key: number; value: T };
export type DraftRule = Omit<NewRule, 'conditions' | 'actions'> & {
  conditions: Row<Condition>[];
  actions: Row<Action>[];
};

let lastKey = 0;

export function toRow<T>(value: T): Row<T> {
  return { key: ++lastKey, value };
}

export const fields = [
  'from',
  'recipient',
  'to',
  'cc',
  'subject',
  'list',
  'body',
  'header',
  'size',
  'attachment',
  'contact',
  'spam',
] as const;
export type Field = (typeof fields)[number];

export const doings = [
  'move',
  'copy',
  'label',
  'flag',
  'read',
  'forward',
  'trash',
  'junk',
  'wanted',
] as const;
export type Doing = (typeof doings)[number];

/** A condition of that field, with what of `former` can stay. */
export function conditionOf(
  field: Field,
  former: Partial<Record<string, unknown>> = {},
): Condition {
  if (field === 'size') return { field, test: 'over', kilobytes: 1024 };
  if (field === 'attachment' || field === 'contact' || field === 'spam') {
    return { field, isNot: false };
  }
  const value = typeof former.value === 'string' ? former.value : '';
  const test = field === 'body' ? 'contains' : field === 'list' ? 'is' : 'contains';
  return { field, test, isNot: false, value, ...(field === 'header' ? { name: '' } : {}) };
}

export function actionOf(doing: Doing): Action {
  if (doing === 'move' || doing === 'copy') return { do: doing, folder: '' };
  if (doing === 'label') return { do: doing, keyword: '' };
  if (doing === 'forward') return { do: doing, address: '', isKept: true };
  return { do: doing };
}

export function draftOf(rule: Rule | null, name: string): DraftRule {
  if (!rule) {
    return {
      name,
      match: 'all',
      conditions: [toRow(conditionOf('from'))],
      actions: [toRow(actionOf('move'))],
      isLast: false,
      isDisabled: false,
    };
  }
  return { ...rule, conditions: rule.conditions.map(toRow), actions: rule.actions.map(toRow) };
}

export function ruleOf(draft: DraftRule): NewRule {
  return {
    ...draft,
    conditions: draft.conditions.map(({ value }) => value),
    actions: draft.actions.map(({ value }) => value),
  };
}

/** What of a message a rule can begin with: /options/filters?from=…&to=…&subject=…&list=… */
export function draftFromQuery(query: Record<string, string>): DraftRule | null {
  const conditions = (['from', 'to', 'subject', 'list'] as const).flatMap((field) => {
    const value = query[field]?.trim().slice(0, 500);
    if (!value) return [];
    const test = field === 'subject' ? ('contains' as const) : ('is' as const);
    return [toRow<Condition>({ field, test, isNot: false, value })];
  });
  const [first] = conditions;
  if (!first || !('value' in first.value)) return null;
  const actions = [toRow(actionOf('move'))];
  const name = first.value.value.slice(0, 100);
  return { name, match: 'all', conditions, actions, isLast: false, isDisabled: false };
}

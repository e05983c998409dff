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

/** What a message has of that which rules look at. */
export type Hints = Partial<Record<'from' | 'to' | 'subject' | 'list', string>>;

/** Of a query: /options/filters?from=…&to=…&subject=…&list=… */
export function readHints(query: Record<string, string>): Hints {
  const hints: Hints = {};
  for (const field of ['from', 'to', 'subject', 'list'] as const) {
    const value = query[field]?.trim().slice(0, 500);
    if (value) hints[field] = value;
  }
  return hints;
}

/**
 * The rule a message suggests: mail of its list, else of its sender. All it has at once would find nothing but the message
 * itself; the rest waits for the person to choose its field (conditionFrom).
 */
export function draftFromHints(hints: Hints): DraftRule | null {
  const field = (['list', 'from', 'to', 'subject'] as const).find((each) => hints[each]);
  if (!field) return null;
  const conditions = [toRow(conditionFrom(hints, field))];
  const actions = [toRow(actionOf('move'))];
  const name = hints[field]?.slice(0, 100) ?? '';
  return { name, match: 'all', conditions, actions, isLast: false, isDisabled: false };
}

/** A condition of that field: with what the message has there, else with what stood there. */
export function conditionFrom(hints: Hints, field: Field, former?: Condition): Condition {
  const hint = field in hints ? hints[field as keyof Hints] : undefined;
  if (hint === undefined) return conditionOf(field, former && isHint(hints, former) ? {} : former);
  const test = field === 'subject' ? 'contains' : 'is';
  return { field: field as keyof Hints, test, isNot: false, value: hint };
}

function isHint(hints: Hints, condition: Condition): boolean {
  return 'value' in condition && Object.values(hints).includes(condition.value);
}

/** The field a further condition begins with: one the message still has something for. */
export function nextField(hints: Hints, conditions: readonly Row<Condition>[]): Field {
  const used = new Set<string>(conditions.map(({ value }) => value.field));
  return (
    (['from', 'subject', 'list', 'to'] as const).find((e) => hints[e] && !used.has(e)) ?? 'from'
  );
}

// A rule in one or two lines: its name, what it looks for, what it does.
'use client';
import { useTranslations } from 'next-intl';
import type { Action, Condition, Rule } from '#lib/filters/rule.ts';

const shownConditions = 3;

export function RuleSummary({ rule }: { rule: Rule }) {
  const t = useTranslations('filters');
  const { conditions, actions, match, name } = rule;
  const shown = conditions.slice(0, shownConditions).map((each) => describeCondition(each, t));
  const rest = conditions.length - shown.length;
  if (rest > 0) shown.push(t('rules.more', { count: rest }));
  const many = conditions.length > 1 ? `${t(`rules.${match}`)}: ` : '';
  return (
    <div className="min-w-40 flex-1">
      <p className="truncate font-medium">
        <bdi>{name}</bdi>
      </p>
      <p className="text-sm break-words text-muted">
        {shown.length === 0 ? t('rules.everything') : `${many}${shown.join(' · ')}`}
        {' → '}
        {actions.map((each) => describeAction(each, t)).join(', ')}
      </p>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslations<'filters'>>;

function describeCondition(condition: Condition, t: Translate): string {
  const where =
    'name' in condition && condition.name ? condition.name : t(`fields.${condition.field}`);
  if (condition.field === 'size') {
    return `${where} ${t(`tests.${condition.test}`)} ${condition.kilobytes} ${t('kilobytes')}`;
  }
  if ('value' in condition) {
    const { test: how } = condition;
    const test = condition.isNot ? t(`tests.not-${how}`) : t(`tests.${how}`);
    return `${where} ${test} “${condition.value}”`;
  }
  return condition.isNot ? `${where}: ${t('tests.no')}` : where;
}

function describeAction(action: Action, t: Translate): string {
  const what = t(`actions.${action.do}`);
  if ('folder' in action) return `${what} ${action.folder}`;
  if (action.do === 'label') return `${what} ${action.keyword}`;
  return action.do === 'forward' ? `${what} ${action.address}` : what;
}

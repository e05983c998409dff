// One condition of a rule: where to look, how, and for what.
'use client';
import { useTranslations } from 'next-intl';
import { Input, Select } from '#components/ui/input.tsx';
import type { Condition } from '#lib/filters/rule.ts';
import { conditionFrom, type Field, fields, type Hints } from './draft.ts';

const tests = ['contains', 'is', 'starts', 'ends', 'matches'] as const;

export function ConditionRow({
  condition,
  hints = {},
  number,
  onChange,
}: {
  condition: Condition;
  /** Of the message the rule began with */
  hints?: Hints;
  /** Counts from 1, for the names of the controls. */
  number: number;
  onChange: (condition: Condition) => void;
}) {
  const t = useTranslations('filters');
  return (
    <div className="flex min-w-0 flex-1 flex-wrap gap-2">
      <Select
        aria-label={t('editor.field', { number })}
        className="w-40"
        value={condition.field}
        onChange={(event) => onChange(conditionFrom(hints, event.target.value as Field, condition))}
      >
        {fields.map((field) => (
          <option key={field} value={field}>
            {t(`fields.${field}`)}
          </option>
        ))}
      </Select>
      {'name' in condition && (
        <Input
          aria-label={t('editor.header', { number })}
          className="max-w-40"
          value={condition.name ?? ''}
          placeholder="X-Priority"
          maxLength={76}
          onChange={(event) => onChange({ ...condition, name: event.target.value })}
        />
      )}
      <TestSelect condition={condition} number={number} onChange={onChange} />
      {'value' in condition && (
        <Input
          aria-label={t('editor.value', { number })}
          className="min-w-36 flex-1"
          value={condition.value}
          maxLength={500}
          onChange={(event) => onChange({ ...condition, value: event.target.value })}
        />
      )}
      {condition.field === 'size' && (
        <span className="flex items-center gap-2">
          <Input
            aria-label={t('editor.value', { number })}
            className="w-28"
            type="number"
            min={1}
            max={1_000_000}
            value={condition.kilobytes}
            onChange={(event) => onChange({ ...condition, kilobytes: Number(event.target.value) })}
          />
          {t('kilobytes')}
        </span>
      )}
    </div>
  );
}

/** "does not contain" is one choice for a person and two facts for the rule. */
function TestSelect({
  condition,
  number,
  onChange,
}: {
  condition: Condition;
  number: number;
  onChange: (condition: Condition) => void;
}) {
  const t = useTranslations('filters');
  const name = t('editor.test', { number });
  if (condition.field === 'size') {
    return (
      <Select
        aria-label={name}
        className="w-36"
        value={condition.test}
        onChange={(event) =>
          onChange({ ...condition, test: event.target.value === 'under' ? 'under' : 'over' })
        }
      >
        <option value="over">{t('tests.over')}</option>
        <option value="under">{t('tests.under')}</option>
      </Select>
    );
  }
  if (!('value' in condition)) {
    return (
      <Select
        aria-label={name}
        className="w-36"
        value={condition.isNot ? 'no' : 'yes'}
        onChange={(event) => onChange({ ...condition, isNot: event.target.value === 'no' })}
      >
        <option value="yes">{t('tests.yes')}</option>
        <option value="no">{t('tests.no')}</option>
      </Select>
    );
  }
  const offered = condition.field === 'body' ? (['contains'] as const) : tests;
  return (
    <Select
      aria-label={name}
      className="w-44"
      value={`${condition.isNot ? 'not-' : ''}${condition.test}`}
      onChange={(event) => {
        const test = tests.find((each) => event.target.value.endsWith(each)) ?? 'contains';
        onChange({ ...condition, test, isNot: event.target.value.startsWith('not-') });
      }}
    >
      {offered.flatMap((test) => [
        <option key={test} value={test}>
          {t(`tests.${test}`)}
        </option>,
        <option key={`not-${test}`} value={`not-${test}`}>
          {t(`tests.not-${test}`)}
        </option>,
      ])}
    </Select>
  );
}

// The editor of one rule: conditions, actions, and a test on the mail that is here before it is kept.
'use client';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { NewRule } from '#lib/filters/rule.ts';
import { usePreferences } from '../state/preferences.tsx';
import { errorText } from '../state/request.ts';
import { ActionRow, folderListId, labelListId } from './action-row.tsx';
import { ConditionRow } from './condition-row.tsx';
import {
  actionOf,
  conditionFrom,
  type DraftRule,
  type Hints,
  nextField,
  type Row,
  ruleOf,
  toRow,
} from './draft.ts';
import { RuleTest } from './rule-test.tsx';

export function RuleEditor({
  start,
  hints = {},
  isNew,
  folders,
  onSave,
  onCancel,
}: {
  start: DraftRule;
  /** Of the message the rule begins with */
  hints?: Hints;
  isNew: boolean;
  folders: readonly string[];
  /** Throws what the server refuses. */
  onSave: (rule: NewRule) => Promise<void>;
  onCancel: () => void;
}) {
  const t = useTranslations('filters');
  const [draft, setDraft] = useState(start);
  const [error, setError] = useState('');
  const [isPending, setIsPending] = useState(false);
  const titleId = useId();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsPending(true);
    setError('');
    try {
      await onSave(ruleOf(draft));
    } catch (error) {
      setError(errorText(error));
      setIsPending(false);
    }
  };
  return (
    <form
      aria-labelledby={titleId}
      onSubmit={save}
      className="flex flex-col gap-5 rounded-lg border p-4"
    >
      <h2 id={titleId} className="text-lg font-semibold">
        {isNew ? t('editor.new') : t('editor.edit')}
      </h2>
      <Field label={t('editor.name')}>
        <Input
          required
          maxLength={100}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
      </Field>
      <Conditions draft={draft} onChange={setDraft} hints={hints} />
      <Actions draft={draft} onChange={setDraft} folders={folders} />
      <Checkbox
        label={t('editor.last')}
        checked={draft.isLast}
        onChange={(event) => setDraft({ ...draft, isLast: event.target.checked })}
      />
      {error && <Banner tone="danger">{error}</Banner>}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('editor.save')}
        </Button>
        <Button onClick={onCancel}>{t('editor.cancel')}</Button>
      </div>
      <RuleTest draft={draft} folders={folders} />
    </form>
  );
}

type Part = { draft: DraftRule; onChange: (draft: DraftRule) => void };

function Conditions({ draft, onChange, hints }: Part & { hints: Hints }) {
  const t = useTranslations('filters');
  const { conditions } = draft;
  const put = (rows: typeof conditions) => onChange({ ...draft, conditions: rows });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium">{t('editor.conditions')}</legend>
      {conditions.length > 1 && (
        <Select
          aria-label={t('editor.match')}
          className="w-48"
          value={draft.match}
          onChange={(event) =>
            onChange({ ...draft, match: event.target.value === 'any' ? 'any' : 'all' })
          }
        >
          <option value="all">{t('editor.matchAll')}</option>
          <option value="any">{t('editor.matchAny')}</option>
        </Select>
      )}
      {conditions.length === 0 && <p className="text-muted">{t('editor.every')}</p>}
      {conditions.map((row, index) => (
        <div key={row.key} className="flex items-start gap-2">
          <ConditionRow
            condition={row.value}
            hints={hints}
            number={index + 1}
            onChange={(value) => put(replaceRow(conditions, row, value))}
          />
          <IconButton
            label={t('editor.removeCondition', { number: index + 1 })}
            icon={<X />}
            onClick={() => put(conditions.filter((each) => each !== row))}
          />
        </div>
      ))}
      <div>
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-4" />}
          onClick={() =>
            put([...conditions, toRow(conditionFrom(hints, nextField(hints, conditions)))])
          }
        >
          {t('editor.addCondition')}
        </Button>
      </div>
    </fieldset>
  );
}

function Actions({ draft, onChange, folders }: Part & { folders: readonly string[] }) {
  const t = useTranslations('filters');
  const { preferences } = usePreferences();
  const { actions } = draft;
  const put = (rows: typeof actions) => onChange({ ...draft, actions: rows });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium">{t('editor.actions')}</legend>
      <datalist id={folderListId}>
        {folders.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      <datalist id={labelListId}>
        {preferences['folders.labels'].map(({ keyword, name }) => (
          <option key={keyword} value={keyword}>
            {name}
          </option>
        ))}
      </datalist>
      {actions.map((row, index) => (
        <div key={row.key} className="flex items-start gap-2">
          <ActionRow
            action={row.value}
            number={index + 1}
            onChange={(value) => put(replaceRow(actions, row, value))}
          />
          <IconButton
            label={t('editor.removeAction', { number: index + 1 })}
            icon={<X />}
            disabled={actions.length === 1}
            onClick={() => put(actions.filter((each) => each !== row))}
          />
        </div>
      ))}
      {actions.some(({ value }) => 'folder' in value) && (
        <p className="text-sm text-muted">{t('editor.newFolder')}</p>
      )}
      <div>
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-4" />}
          onClick={() => put([...actions, toRow(actionOf('read'))])}
        >
          {t('editor.addAction')}
        </Button>
      </div>
    </fieldset>
  );
}

function replaceRow<T>(rows: Row<T>[], row: Row<T>, value: T): Row<T>[] {
  return rows.map((each) => (each === row ? { ...row, value } : each));
}

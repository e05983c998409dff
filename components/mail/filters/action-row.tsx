// One thing that a rule does.
'use client';
import { useTranslations } from 'next-intl';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { Action } from '#lib/filters/rule.ts';
import { actionOf, type Doing, doings } from './draft.ts';

/** Ids of the lists of suggestions that the editor renders once. */
export const folderListId = 'filter-folders';
export const labelListId = 'filter-labels';

export function ActionRow({
  action,
  number,
  onChange,
}: {
  action: Action;
  number: number;
  onChange: (action: Action) => void;
}) {
  const t = useTranslations('filters');
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <Select
        aria-label={t('editor.action', { number })}
        className="w-40"
        value={action.do}
        onChange={(event) => onChange(actionOf(event.target.value as Doing))}
      >
        {doings.map((doing) => (
          <option key={doing} value={doing}>
            {t(`actions.${doing}`)}
          </option>
        ))}
      </Select>
      {'folder' in action && (
        <Input
          aria-label={t('editor.folder', { number })}
          className="min-w-36 flex-1"
          list={folderListId}
          value={action.folder}
          maxLength={1000}
          onChange={(event) => onChange({ ...action, folder: event.target.value })}
        />
      )}
      {action.do === 'label' && (
        <Input
          aria-label={t('editor.label', { number })}
          className="min-w-36 flex-1"
          list={labelListId}
          value={action.keyword}
          maxLength={100}
          onChange={(event) => onChange({ ...action, keyword: event.target.value })}
        />
      )}
      {action.do === 'forward' && (
        <>
          <Input
            aria-label={t('editor.address', { number })}
            className="min-w-36 flex-1"
            type="email"
            value={action.address}
            maxLength={254}
            onChange={(event) => onChange({ ...action, address: event.target.value })}
          />
          <Checkbox
            label={t('editor.keep')}
            checked={action.isKept}
            onChange={(event) => onChange({ ...action, isKept: event.target.checked })}
          />
        </>
      )}
    </div>
  );
}

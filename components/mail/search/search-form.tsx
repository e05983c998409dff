// The advanced search: criteria joined by and, or, not; days, sizes, states, labels; folders with those below them and
// folders left out. It writes the text that the search box understands.
'use client';
import { Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { searchStates } from '#lib/webmail/search/query.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import {
  type Criteria,
  type Criterion,
  emptyCriterion,
  type FolderChoice,
  readCriteria,
  writeQuery,
} from './criteria.ts';

const fields = [
  ...(['text', 'from', 'to', 'cc', 'bcc', 'subject', 'body', 'list'] as const),
  ...(['has', 'is', 'label', 'before', 'after', 'on', 'larger', 'smaller'] as const),
];
const places = ['here', 'below', 'all', 'anywhere', 'chosen'] as const;
const mostCriteria = 20;

/** What a field begins with: one of its choices, today, or nothing. */
function firstValue(field: Criterion['field'], labels: readonly { name: string }[]): string {
  if (field === 'has') return 'attachment';
  if (field === 'is') return 'unread';
  if (field === 'label') return labels[0]?.name ?? '';
  if (field === 'larger' || field === 'smaller') return '1M';
  const isDay = field === 'before' || field === 'after' || field === 'on';
  return isDay ? new Date().toISOString().slice(0, 10) : '';
}

export function SearchForm({
  mail,
  query,
  onSearch,
  onClose,
}: {
  mail: Mail;
  query: string;
  onSearch: (query: string) => void;
  onClose: () => void;
}) {
  const t = useTranslations('search');
  const [criteria, setCriteria] = useState<Criteria>(() => {
    const known = readCriteria(query);
    const list = known && known.list.length > 0 ? known.list : [emptyCriterion];
    return { where: 'here', folders: [], ...known, list };
  });
  const { list, where, folders } = criteria;
  const patch = (change: Partial<Criteria>) => setCriteria((now) => ({ ...now, ...change }));
  const patchAt = (index: number, change: Partial<Criterion>) =>
    patch({ list: list.map((each, at) => (at === index ? { ...each, ...change } : each)) });
  const text = writeQuery(criteria);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(text);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('form.title')}
      size="lg"
      footer={
        <>
          <Button
            onClick={() => setCriteria({ list: [emptyCriterion], where: 'here', folders: [] })}
          >
            {t('form.reset')}
          </Button>
          <Button type="submit" form="search-form" variant="primary" disabled={text === ''}>
            {t('form.search')}
          </Button>
        </>
      }
    >
      <form id="search-form" onSubmit={submit} className="flex flex-col gap-4">
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-sm font-medium">{t('form.criteria')}</legend>
          {list.map((criterion, index) => (
            <CriterionRow
              // biome-ignore lint/suspicious/noArrayIndexKey: criteria have no identity but their place
              key={index}
              criterion={criterion}
              isFirst={index === 0}
              number={index + 1}
              onChange={(change) => patchAt(index, change)}
              onRemove={
                list.length > 1 ? () => patch({ list: list.filter((_, at) => at !== index) }) : null
              }
            />
          ))}
          <Button
            size="sm"
            className="self-start"
            disabled={list.length >= mostCriteria}
            onClick={() => patch({ list: [...list, emptyCriterion] })}
          >
            <Plus aria-hidden className="size-4" />
            {t('form.add')}
          </Button>
        </fieldset>
        <Field label={t('form.where')} className="max-w-72">
          <Select
            value={where}
            onChange={(event) => patch({ where: event.target.value as Criteria['where'] })}
          >
            {places.map((each) => (
              <option key={each} value={each}>
                {each === 'here' ? mail.nameOf(mail.folder) : t(`where.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        <FolderChoices
          mail={mail}
          folders={folders}
          mayChoose={where === 'chosen'}
          onChange={(next) => patch({ folders: next })}
        />
        <p className="rounded-md bg-sunken px-3 py-2 font-mono text-sm break-words" dir="ltr">
          <span className="sr-only">{t('form.text')} </span>
          {text || '\u00a0'}
        </p>
      </form>
    </Dialog>
  );
}

function CriterionRow({
  criterion,
  isFirst,
  number,
  onChange,
  onRemove,
}: {
  criterion: Criterion;
  isFirst: boolean;
  number: number;
  onChange: (change: Partial<Criterion>) => void;
  onRemove: (() => void) | null;
}) {
  const t = useTranslations('search');
  const { preferences } = usePreferences();
  const labels = preferences['folders.labels'];
  const { join, isNegated, field } = criterion;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset in a fieldset would be read out twice
    <div
      role="group"
      aria-label={t('form.criterion', { number })}
      className="grid grid-cols-[5rem_minmax(0,1fr)_auto] items-center gap-2 sm:grid-cols-[5rem_5.5rem_9rem_minmax(0,1fr)_auto]"
    >
      {isFirst ? (
        <span className="max-sm:hidden" />
      ) : (
        <Select
          aria-label={t('form.join')}
          value={join}
          onChange={(event) => onChange({ join: event.target.value as Criterion['join'] })}
        >
          <option value="and">{t('form.and')}</option>
          <option value="or">{t('form.or')}</option>
        </Select>
      )}
      <Select
        aria-label={t('form.negation')}
        value={isNegated ? 'not' : ''}
        onChange={(event) => onChange({ isNegated: event.target.value === 'not' })}
      >
        <option value="">{t('form.is')}</option>
        <option value="not">{t('form.not')}</option>
      </Select>
      <Select
        aria-label={t('form.field')}
        value={field}
        className="w-full max-sm:col-start-1 max-sm:col-end-3"
        onChange={(event) => {
          const next = event.target.value as Criterion['field'];
          onChange({ field: next, value: firstValue(next, labels) });
        }}
      >
        {fields.map((each) => (
          <option key={each} value={each}>
            {t(`operator.${each}`)}
          </option>
        ))}
      </Select>
      <Value criterion={criterion} onChange={(value) => onChange({ value })} />
      {onRemove && (
        <IconButton label={t('form.remove', { number })} icon={<Trash2 />} onClick={onRemove} />
      )}
    </div>
  );
}

function Value({
  criterion: { field, value },
  onChange,
}: {
  criterion: Criterion;
  onChange: (value: string) => void;
}) {
  const t = useTranslations('search');
  const { preferences } = usePreferences();
  const label = t('form.value');
  const choices: { value: string; text: string }[] | null =
    field === 'is'
      ? searchStates.map((each) => ({ value: each, text: t(`state.${each}`) }))
      : field === 'has'
        ? [{ value: 'attachment', text: t('state.attachment') }]
        : field === 'label'
          ? preferences['folders.labels'].map(({ name }) => ({ value: name, text: name }))
          : null;
  if (choices) {
    return (
      <Select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map((each) => (
          <option key={each.value} value={each.value}>
            {each.text}
          </option>
        ))}
      </Select>
    );
  }
  if (field === 'larger' || field === 'smaller') {
    const [, amount = '', unit = 'M'] = /^([\d.]*)([kMG]?)/i.exec(value) ?? [];
    return (
      <span className="flex gap-1">
        <Input
          type="number"
          min={0}
          step="any"
          aria-label={label}
          value={amount}
          onChange={(event) => onChange(`${event.target.value}${unit}`)}
        />
        <Select
          aria-label={t('form.unit')}
          className="w-20 shrink-0"
          value={unit}
          onChange={(event) => onChange(`${amount}${event.target.value}`)}
        >
          <option value="k">KB</option>
          <option value="M">MB</option>
        </Select>
      </span>
    );
  }
  const isDay = field === 'before' || field === 'after' || field === 'on';
  return (
    <Input
      type={isDay ? 'date' : 'text'}
      aria-label={label}
      value={value}
      maxLength={200}
      autoComplete="off"
      dir="auto"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function FolderChoices({
  mail,
  folders,
  mayChoose,
  onChange,
}: {
  mail: Mail;
  folders: FolderChoice[];
  /** Folders to look in, too, and not only ones to leave out */
  mayChoose: boolean;
  onChange: (folders: FolderChoice[]) => void;
}) {
  const t = useTranslations('search');
  const patchAt = (index: number, change: Partial<FolderChoice>) =>
    onChange(folders.map((each, at) => (at === index ? { ...each, ...change } : each)));
  const add = (isLeftOut: boolean) =>
    onChange([...folders, { path: 'INBOX', isBelow: false, isLeftOut }]);
  const known = mail.folders.filter((each) => each.isSelectable && each.role !== 'deleted');
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{t('form.folders')}</legend>
      {folders.map((choice, index) =>
        !mayChoose && !choice.isLeftOut ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place
          <div key={index} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="w-24 text-sm text-muted">
              {t(choice.isLeftOut ? 'form.without' : 'form.in')}
            </span>
            <Select
              aria-label={t('form.folder')}
              className="w-48"
              value={choice.path}
              onChange={(event) => patchAt(index, { path: event.target.value })}
            >
              {known.map((each) => (
                <option key={each.path} value={each.path}>
                  {each.role === 'none' ? each.path : mail.nameOf(each)}
                </option>
              ))}
            </Select>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is its control */}
            <label className="flex items-center gap-2 text-sm">
              <Checkbox
                checked={choice.isBelow}
                onChange={(event) => patchAt(index, { isBelow: event.target.checked })}
              />
              {t('form.below')}
            </label>
            <IconButton
              label={t('form.removeFolder', { folder: choice.path })}
              icon={<Trash2 />}
              size="sm"
              onClick={() => onChange(folders.filter((_, at) => at !== index))}
            />
          </div>
        ),
      )}
      <div className="flex gap-2">
        {mayChoose && (
          <Button size="sm" onClick={() => add(false)}>
            <Plus aria-hidden className="size-4" />
            {t('form.addFolder')}
          </Button>
        )}
        <Button size="sm" onClick={() => add(true)}>
          <Plus aria-hidden className="size-4" />
          {t('form.leaveOut')}
        </Button>
      </div>
    </fieldset>
  );
}

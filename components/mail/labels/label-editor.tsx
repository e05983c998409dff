// The labels: named, coloured, put in order, listed beside the folders or not; each change is kept at once.
'use client';
import { ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Label, LabelColour } from '#lib/preferences/folders.ts';
import { usePreferences } from '../state/preferences.tsx';
import { LabelChip, labelColours } from './label-chip.tsx';
import { makeLabel } from './make-label.ts';

const colours = Object.keys(labelColours) as LabelColour[];
const mostLabels = 100;

export function LabelEditor() {
  const t = useTranslations('folders.labels');
  const toast = useToast();
  const { preferences, change } = usePreferences();
  const labels = preferences['folders.labels'];
  const [name, setName] = useState('');
  const keep = (next: Label[]) => change({ 'folders.labels': next });
  const isTwice = (wanted: string, keyword: string | null) =>
    labels.some(
      (each) => each.keyword !== keyword && each.name.toLowerCase() === wanted.trim().toLowerCase(),
    );
  const patch = (keyword: string, part: Partial<Label>) =>
    keep(labels.map((each) => (each.keyword === keyword ? { ...each, ...part } : each)));
  const rename = ({ keyword, name: before }: Label, wanted: string) => {
    const clean = wanted.trim();
    if (clean === '' || clean === before) return;
    if (isTwice(clean, keyword)) return toast.show({ kind: 'error', text: t('page.twice') });
    patch(keyword, { name: clean });
  };
  const moveUp = (index: number) =>
    keep([
      ...labels.slice(0, index - 1),
      ...labels.slice(index - 1, index + 1).reverse(),
      ...labels.slice(index + 1),
    ]);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    if (isTwice(name, null)) return void toast.show({ kind: 'error', text: t('page.twice') });
    keep([...labels, makeLabel(name, labels)]);
    setName('');
  };
  return (
    <>
      <form onSubmit={add} className="mb-4 flex max-w-md items-end gap-2">
        <Field label={t('page.new')} className="min-w-0 flex-1">
          <Input
            value={name}
            maxLength={60}
            autoComplete="off"
            dir="auto"
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" disabled={labels.length >= mostLabels}>
          <Plus aria-hidden className="size-4" />
          {t('page.add')}
        </Button>
      </form>
      {labels.length === 0 && <p className="text-muted">{t('page.none')}</p>}
      <ul aria-label={t('page.title')} className="divide-y rounded-lg border empty:hidden">
        {labels.map((label, index) => (
          <li key={label.keyword} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
            <span className="w-28 shrink-0">
              <LabelChip label={label} />
            </span>
            <Input
              defaultValue={label.name}
              aria-label={`${t('page.name')}: ${label.name}`}
              maxLength={60}
              dir="auto"
              className="max-w-48"
              onBlur={(event) => rename(label, event.target.value)}
              onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
            />
            <Select
              aria-label={`${t('page.colour')}: ${label.name}`}
              className="w-32"
              value={label.colour}
              onChange={(event) =>
                patch(label.keyword, { colour: event.target.value as LabelColour })
              }
            >
              {colours.map((each) => (
                <option key={each} value={each}>
                  {t(`colours.${each}`)}
                </option>
              ))}
            </Select>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is its control */}
            <label className="flex items-center gap-2 text-sm">
              <Checkbox
                checked={label.isShown}
                aria-label={`${t('page.shown')}: ${label.name}`}
                onChange={(event) => patch(label.keyword, { isShown: event.target.checked })}
              />
              {t('page.shown')}
            </label>
            <span className="ms-auto flex items-center gap-1">
              <code className="me-2 text-xs text-faint" title={t('page.keyword')} dir="ltr">
                {label.keyword}
              </code>
              <IconButton
                label={t('page.up', { name: label.name })}
                icon={<ArrowUp />}
                disabled={index === 0}
                onClick={() => moveUp(index)}
              />
              <IconButton
                label={t('page.remove', { name: label.name })}
                icon={<Trash2 />}
                onClick={() => {
                  keep(labels.filter((each) => each.keyword !== label.keyword));
                  toast.show({ text: t('page.removed') });
                }}
              />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

// The rules that colour rows, in the order they are tried; a change is kept once every rule says what it looks for.
'use client';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { ColourRule } from '#lib/preferences/list.ts';
import { colourFields, rowColours } from '#lib/preferences/list-names.ts';
import { usePreferences } from '../state/preferences.tsx';
import { colourValues } from './colour-rules.ts';

const mostRules = 50;
type Draft = ColourRule & { id: number };
let lastId = 0;
const toDraft = (rule: ColourRule): Draft => ({ ...rule, id: ++lastId });

export function ColourEditor() {
  const t = useTranslations('list.colours');
  const { preferences, change } = usePreferences();
  const [rules, setRules] = useState(() => preferences['list.colours'].map(toDraft));
  const set = (next: Draft[]) => {
    setRules(next);
    const whole = next.filter(({ text }) => text.trim() !== '');
    void change({
      'list.colours': whole.map(({ field, text, colour }) => ({
        field,
        text: text.trim(),
        colour,
      })),
    });
  };
  const edit = (id: number, patch: Partial<ColourRule>) =>
    set(rules.map((rule) => (rule.id === id ? { ...rule, ...patch } : rule)));
  const step = (index: number, by: 1 | -1) => {
    const next = [...rules];
    const [rule] = next.splice(index, 1);
    if (rule) next.splice(index + by, 0, rule);
    set(next);
  };
  const add = () =>
    setRules([...rules, toDraft({ field: 'from', text: '', colour: rowColours[0] })]);
  return (
    <>
      {rules.length === 0 && (
        <EmptyState title={t('none')} className="rounded-lg border">
          {t('help')}
        </EmptyState>
      )}
      <ol className="flex flex-col gap-2">
        {rules.map((rule, index) => {
          const number = index + 1;
          return (
            <li
              key={rule.id}
              aria-label={t('rule', { number })}
              style={{ borderInlineStartColor: colourValues[rule.colour] }}
              className="flex flex-wrap items-center gap-2 rounded-lg border border-s-4 p-2"
            >
              <span className="w-28">
                <Select
                  aria-label={t('field')}
                  value={rule.field}
                  onChange={(event) =>
                    edit(rule.id, { field: event.target.value as ColourRule['field'] })
                  }
                >
                  {colourFields.map((field) => (
                    <option key={field} value={field}>
                      {t(`fields.${field}`)}
                    </option>
                  ))}
                </Select>
              </span>
              <span className="min-w-40 flex-1">
                <Input
                  aria-label={t('text')}
                  placeholder={t('text')}
                  defaultValue={rule.text}
                  maxLength={200}
                  onBlur={(event) => edit(rule.id, { text: event.target.value })}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter') edit(rule.id, { text: event.currentTarget.value });
                  }}
                />
              </span>
              <span className="w-28">
                <Select
                  aria-label={t('colour')}
                  value={rule.colour}
                  onChange={(event) =>
                    edit(rule.id, { colour: event.target.value as ColourRule['colour'] })
                  }
                >
                  {rowColours.map((colour) => (
                    <option key={colour} value={colour}>
                      {t(`names.${colour}`)}
                    </option>
                  ))}
                </Select>
              </span>
              <IconButton
                label={t('earlier', { number })}
                icon={<ArrowUp />}
                disabled={index === 0}
                onClick={() => step(index, -1)}
              />
              <IconButton
                label={t('later', { number })}
                icon={<ArrowDown />}
                disabled={index === rules.length - 1}
                onClick={() => step(index, 1)}
              />
              <IconButton
                label={t('remove', { number })}
                icon={<Trash2 />}
                onClick={() => set(rules.filter(({ id }) => id !== rule.id))}
              />
            </li>
          );
        })}
      </ol>
      <Button className="mt-3" disabled={rules.length >= mostRules} onClick={add}>
        <Plus aria-hidden className="size-4" />
        {t('add')}
      </Button>
    </>
  );
}

// The declared preferences of a page, one row each; a change is saved at once.
'use client';
import { RotateCcw } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ConfirmButton } from '#components/ui/confirm-button.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { PreferenceKey, Preferences } from '#lib/preferences/index.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { DeclaredPreference } from './declared.ts';
import { useOptionTexts } from './option-texts.ts';
import { PreferenceInput } from './preference-input.tsx';

/** `inputs`: a control of its own for some of them, by key; it gets the id its label names. */
export function PreferenceList({
  declared,
  inputs = {},
  onKept,
}: {
  declared: readonly DeclaredPreference[];
  inputs?: Partial<Record<PreferenceKey, (id: string) => ReactNode>>;
  /** Called once the server has taken a change. */
  onKept?: (patch: Partial<Preferences>) => void;
}) {
  const t = useTranslations('options');
  const { preferences, change } = usePreferences();
  const keep = (patch: Partial<Preferences>) => {
    void change(patch).then((isKept) => isKept && onKept?.(patch));
  };
  const shown = declared.filter(({ key, control }) => control.kind !== 'none' || key in inputs);
  const changed = shown.filter((each) => !isSame(preferences[each.key], each.default));
  return (
    <>
      <div className="divide-y rounded-lg border">
        {shown.map((each) => (
          <PreferenceRow key={each.key} declared={each} onChange={keep}>
            {inputs[each.key]?.(idOf(each.key))}
          </PreferenceRow>
        ))}
      </div>
      {changed.length > 0 && (
        <ConfirmButton
          label={t('actions.resetPage')}
          title={t('actions.resetPageTitle')}
          confirmLabel={t('actions.reset')}
          onConfirm={() => keep(defaultsOf(changed))}
        >
          {t('actions.resetPageText', { count: changed.length })}
        </ConfirmButton>
      )}
    </>
  );
}

/** The control of a preference has this id. */
function idOf(key: string): string {
  return `option-${key}`;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function defaultsOf(declared: readonly DeclaredPreference[]): Partial<Preferences> {
  return Object.fromEntries(declared.map((each) => [each.key, each.default]));
}

function PreferenceRow({
  declared,
  onChange,
  children,
}: {
  declared: DeclaredPreference;
  onChange: (patch: Partial<Preferences>) => void;
  children?: ReactNode;
}) {
  const t = useTranslations('options');
  const texts = useOptionTexts();
  const { preferences } = usePreferences();
  const { key } = declared;
  const id = idOf(key);
  const help = texts.help(key);
  const isChanged = !isSame(preferences[key], declared.default);
  return (
    <div
      id={key}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 target:bg-accent-soft"
    >
      <div className="min-w-0 flex-1 basis-64">
        <label htmlFor={id} className="font-medium">
          {texts.title(key)}
        </label>
        {help && (
          <p id={`${id}-help`} className="text-sm text-muted">
            {help}
          </p>
        )}
      </div>
      <div className="flex items-center gap-2">
        {children ?? (
          <PreferenceInput
            id={id}
            describedBy={help ? `${id}-help` : undefined}
            declared={declared}
            value={preferences[key]}
            onChange={(value) => onChange({ [key]: value })}
          />
        )}
        <IconButton
          label={t('actions.resetOne', { option: texts.title(key) })}
          icon={<RotateCcw />}
          size="sm"
          className={isChanged ? '' : 'invisible'}
          onClick={() => onChange(defaultsOf([declared]))}
        />
      </div>
    </div>
  );
}

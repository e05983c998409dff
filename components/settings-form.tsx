// One setting as a form of its own, generated from its declaration: saved and in force at once, refused
// beside its field, reset to its default.
'use client';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { ReasonField } from './admin/reason-field.tsx';
import { ActionButton } from './ui/action-button.tsx';
import { ActionForm, FormField, SubmitButton } from './ui/action-form.tsx';
import { Badge } from './ui/badge.tsx';
import { Switch } from './ui/checkbox.tsx';
import type { FormAction } from './ui/form-state.ts';
import { Input, Select, Textarea } from './ui/input.tsx';
import { Time } from './ui/time.tsx';

/** A declaration and its value, as plain data for the browser. */
export type SettingView = {
  key: string;
  title: string;
  help: string;
  unit: string;
  control:
    | { kind: 'text'; placeholder?: string }
    | { kind: 'number' | 'bytes'; min: number; max: number }
    | { kind: 'boolean' }
    | { kind: 'select'; options: { value: string; label: string }[] }
    | { kind: 'list'; placeholder?: string }
    | { kind: 'secret' };
  /** As the control shows it; "on" or "off" for a boolean. */
  value: string;
  defaultText: string;
  isDefault: boolean;
  /** "from the next connection on" */
  applies: string;
  postfix: string[];
  dovecot: string[];
  updatedBy: string;
  /** ISO; null for a default. */
  updatedAt: string | null;
  /** An environment variable that goes before the value. */
  override: { variable: string; value: string } | null;
  /** Goes back by itself unless it is confirmed. */
  isRisky: boolean;
  /** "Whole number, 1 to 1000" */
  type: string;
  /** How it does not fit to another setting */
  conflicts: string[];
};

export function SettingForm({
  setting,
  save,
  reset,
}: {
  setting: SettingView;
  save: FormAction;
  reset: (key: string) => Promise<string | undefined>;
}) {
  /** What was typed and not saved yet. */
  const [draft, setDraft] = useState<string | null>(null);
  const value = draft ?? setting.value;
  const isChanged = value !== setting.value;
  return (
    <ActionForm action={save} onDone={() => setDraft(null)} className="px-4 py-4" id={setting.key}>
      <input type="hidden" name="key" value={setting.key} />
      <div className="grid gap-x-8 gap-y-2 md:grid-cols-[minmax(0,1fr)_17rem]">
        <div className="min-w-0">
          <h3 className="flex flex-wrap items-center gap-2 font-medium">
            {setting.title}
            {!setting.isDefault && <Badge tone="accent">changed</Badge>}
          </h3>
          <p className="mt-0.5 text-sm text-muted">{setting.help}</p>
          {setting.override && (
            <p className="mt-1.5 text-sm">
              <Badge tone="warn">not in force</Badge>{' '}
              <span className="font-mono">
                {setting.override.variable}={setting.override.value}
              </span>{' '}
              goes first: the environment that the server was started in.
            </p>
          )}
          {setting.conflicts.map((text) => (
            <p key={text} className="mt-1.5 text-sm">
              <Badge tone="warn">look at it</Badge> {text}
            </p>
          ))}
          <Facts setting={setting} />
        </div>
        <div className="flex flex-col gap-2">
          <FormField name="value" label={setting.title} isLabelHidden>
            <SettingControl setting={setting} value={value} onChange={setDraft} />
          </FormField>
          {isChanged && <ReasonField isLabelHidden />}
          <div className="flex gap-2 empty:hidden">
            {isChanged && (
              <>
                <SubmitButton size="sm">Save</SubmitButton>
                <button
                  type="button"
                  className="rounded-md px-1.5 text-sm text-muted hover:text-ink"
                  onClick={() => setDraft(null)}
                >
                  Undo
                </button>
              </>
            )}
            {!isChanged && !setting.isDefault && (
              <ActionButton
                size="sm"
                variant="ghost"
                icon={<RotateCcw className="size-3.5" />}
                aria-label={`Back to default: ${setting.title}, ${setting.defaultText}`}
                action={() => reset(setting.key)}
                doneText={`${setting.title}: back to the default`}
              >
                Back to default
              </ActionButton>
            )}
          </div>
        </div>
      </div>
    </ActionForm>
  );
}

function Facts({ setting }: { setting: SettingView }) {
  const names = [
    ...setting.postfix.map((name) => ({ server: 'Postfix', name })),
    ...setting.dovecot.map((name) => ({ server: 'Dovecot', name })),
  ];
  return (
    <p className="mt-1.5 flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-faint">
      <span>{setting.type}</span>
      <span>Default: {setting.defaultText}</span>
      <span>Applies {setting.applies}</span>
      {setting.isRisky && <span>Goes back after a minute unless you keep it</span>}
      {names.map(({ server, name }) => (
        <span key={server + name}>
          {server} <span className="font-mono wrap-anywhere">{name}</span>
        </span>
      ))}
      <span className="font-mono">{setting.key}</span>
      {setting.isDefault ? (
        <span>Not changed</span>
      ) : (
        <span>
          Set{setting.updatedBy && ` by ${setting.updatedBy}`}
          {setting.updatedAt && (
            <>
              , <Time at={setting.updatedAt} />
            </>
          )}
        </span>
      )}
    </p>
  );
}

function SettingControl({
  setting,
  value,
  onChange,
}: {
  setting: SettingView;
  value: string;
  onChange: (value: string) => void;
}) {
  const { control, unit } = setting;
  if (control.kind === 'boolean') {
    return (
      <Switch
        name="value"
        value="on"
        checked={value === 'on'}
        onChange={(event) => onChange(event.target.checked ? 'on' : 'off')}
        aria-label={setting.title}
      />
    );
  }
  if (control.kind === 'select') {
    return (
      <Select name="value" value={value} onChange={(event) => onChange(event.target.value)}>
        {control.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </Select>
    );
  }
  if (control.kind === 'list') {
    return (
      <Textarea
        name="value"
        rows={Math.min(6, Math.max(2, value.split('\n').length))}
        value={value}
        placeholder={control.placeholder ?? 'One a line'}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const isNumber = control.kind === 'number';
  return (
    <div className="flex items-center gap-2">
      <Input
        name="value"
        value={value}
        type={control.kind === 'secret' ? 'password' : 'text'}
        inputMode={isNumber ? 'numeric' : undefined}
        placeholder={control.kind === 'text' ? control.placeholder : undefined}
        autoCapitalize="off"
        autoComplete={control.kind === 'secret' ? 'new-password' : 'off'}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        className={isNumber ? 'max-w-32' : ''}
      />
      {isNumber && unit && <span className="text-sm text-muted">{unit}</span>}
    </div>
  );
}

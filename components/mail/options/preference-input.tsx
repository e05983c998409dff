// The control of a preference, as its declaration says. Numbers and texts are taken when they are complete: at Enter,
// or when the control is left.
'use client';
import { useEffect, useState } from 'react';
import { Switch } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { DeclaredPreference } from './declared.ts';
import { useOptionTexts } from './option-texts.ts';

type Shared = {
  id: string;
  describedBy: string | undefined;
  declared: DeclaredPreference;
  value: unknown;
  onChange: (value: unknown) => void;
};

export function PreferenceInput(props: Shared) {
  const texts = useOptionTexts();
  const { id, describedBy, declared, value, onChange } = props;
  const { control, key } = declared;
  if (control.kind === 'switch') {
    return (
      <Switch
        id={id}
        aria-describedby={describedBy}
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
      />
    );
  }
  if (control.kind === 'choice') {
    return (
      <Select
        id={id}
        aria-describedby={describedBy}
        value={String(value)}
        onChange={(event) => onChange(event.target.value)}
        className="max-w-full min-w-44"
      >
        {control.choices.map((choice) => (
          <option key={choice} value={choice}>
            {texts.choice(key, choice)}
          </option>
        ))}
      </Select>
    );
  }
  if (control.kind === 'none') return null;
  return <TypedInput {...props} />;
}

function TypedInput({ id, describedBy, declared, value, onChange }: Shared) {
  const { control } = declared;
  const [typed, setTyped] = useState(String(value));
  useEffect(() => setTyped(String(value)), [value]);
  const isNumber = control.kind === 'number';
  const take = () => {
    if (typed === String(value)) return;
    if (control.kind !== 'number') return onChange(typed);
    const number = Number(typed);
    const isFit = typed !== '' && Number.isInteger(number);
    if (isFit && number >= control.min && number <= control.max) onChange(number);
    else setTyped(String(value));
  };
  return (
    <Input
      id={id}
      aria-describedby={describedBy}
      type={isNumber ? 'number' : 'text'}
      min={isNumber ? control.min : undefined}
      max={isNumber ? control.max : undefined}
      maxLength={control.kind === 'text' ? control.maxLength : undefined}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
      className={isNumber ? 'w-24' : 'w-64 max-w-full'}
    />
  );
}

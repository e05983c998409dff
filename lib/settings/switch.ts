// Switching by a setting: which of its values means "not at all", and with which it begins again.
import { Refusal } from '../errors.ts';
import type { SettingDefinition } from './define.ts';

const tried = {
  boolean: false,
  number: 0,
  bytes: 0,
  select: 'off',
  list: [],
  text: '',
  secret: undefined,
} as const;

/** The value that switches off what the setting rules, or undefined where it has none. */
export function offValueOf({ control, schema }: SettingDefinition): unknown {
  const value = tried[control.kind];
  return value !== undefined && schema.safeParse(value).success ? value : undefined;
}

/** The value with which it is on again, or undefined where somebody has to say one. */
export function onValueOf(definition: SettingDefinition): unknown {
  if (definition.control.kind === 'boolean') return true;
  const off = offValueOf(definition);
  return JSON.stringify(definition.default) === JSON.stringify(off)
    ? undefined
    : definition.default;
}

/** What "on", "off" or one of the choices means for the setting. Refusal 'invalid' where it cannot be said so. */
export function switchedValue(definition: SettingDefinition, wanted: string): unknown {
  if (definition.control.kind === 'select') return wanted;
  const value = wanted === 'off' ? offValueOf(definition) : onValueOf(definition);
  if (value !== undefined) return value;
  throw new Refusal('invalid', `${definition.title}: say what it is on its own page.`);
}

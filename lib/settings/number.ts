// Whole-number settings, the commonest kind: schema, control and refusal text from one pair of limits.
import { z } from 'zod';
import { writeBytes } from './bytes.ts';
import { defineSetting, type SettingDefinition } from './define.ts';

type Declared = Omit<
  SettingDefinition<number>,
  'key' | 'group' | 'schema' | 'control' | 'unit' | 'postfix' | 'dovecot'
> &
  Partial<Pick<SettingDefinition<number>, 'unit' | 'postfix' | 'dovecot'>> & {
    min: number;
    max: number;
  };

/** Declares a whole number between `min` and `max`, both included. */
export function defineNumber<K extends string>(
  key: K,
  { min, max, ...declared }: Declared,
): SettingDefinition<number> & { key: K } {
  const isSize = declared.unit === 'bytes';
  const text = isSize
    ? `Give a size from ${writeBytes(min)} to ${writeBytes(max)}, such as ${writeBytes(declared.default || max)}.`
    : `Give a whole number from ${min} to ${max}.`;
  return defineSetting(key, {
    ...declared,
    schema: z.number(text).int(text).min(min, text).max(max, text),
    control: { kind: isSize ? 'bytes' : 'number', min, max },
  });
}

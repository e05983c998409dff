// Settings with a few named values, and plain switches.
import { z } from 'zod';
import { defineSetting, type SettingDefinition } from './define.ts';

type Given<T> = Omit<
  SettingDefinition<T>,
  'key' | 'group' | 'schema' | 'control' | 'unit' | 'postfix' | 'dovecot'
> &
  Partial<Pick<SettingDefinition<T>, 'unit' | 'postfix' | 'dovecot'>>;

/** Declares a setting with one of the values of `options`, by their labels. */
export function defineChoice<K extends string, const T extends string>(
  key: K,
  { options, ...declared }: Given<NoInfer<T>> & { options: Record<T, string> },
): SettingDefinition<T> & { key: K } {
  const values = Object.keys(options) as [T, ...T[]];
  return defineSetting(key, {
    ...declared,
    schema: z.enum(values, `Give one of ${values.join(', ')}.`) as unknown as z.ZodType<T>,
    control: {
      kind: 'select',
      options: values.map((value) => ({ value, label: options[value] })),
    },
  });
}

/** What a check does with mail that it finds wanting. */
export type Strictness = 'off' | 'junk' | 'refuse';

/** Declares how strict a check is. */
export function defineStrictness<K extends string>(
  key: K,
  declared: Given<Strictness>,
): SettingDefinition<Strictness> & { key: K } {
  const options = { off: 'Do not look', junk: 'Into Junk', refuse: 'Refuse' };
  return defineChoice(key, { ...declared, options });
}

/** Declares a switch. */
export function defineSwitch<K extends string>(
  key: K,
  declared: Given<boolean>,
): SettingDefinition<boolean> & { key: K } {
  return defineSetting(key, {
    ...declared,
    schema: z.boolean('Give on or off.'),
    control: { kind: 'boolean' },
  });
}

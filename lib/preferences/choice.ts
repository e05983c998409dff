// Short forms of definePreference(): on or off, one of a few, a number.
import { z } from 'zod';
import { definePreference, type Page, type PreferenceDefinition } from './define.ts';

/** On or off. */
export function defineSwitch<K extends `${Page}.${string}`>(key: K, isOn: boolean) {
  const control = { kind: 'switch' } as const;
  return definePreference(key, { schema: z.boolean(), default: isOn, control });
}

/** One of a few; the first is the default. */
export function defineChoice<
  K extends `${Page}.${string}`,
  const C extends readonly [string, ...string[]],
>(key: K, choices: C): PreferenceDefinition<C[number]> & { key: K } {
  const control = { kind: 'choice', choices } as const;
  return definePreference(key, { schema: z.enum(choices), default: choices[0], control });
}

/** A whole number between two others. */
export function defineAmount<K extends `${Page}.${string}`>(
  key: K,
  { min, max, value }: { min: number; max: number; value: number },
) {
  const control = { kind: 'number', min, max } as const;
  return definePreference(key, { schema: z.int().min(min).max(max), default: value, control });
}

// What a preference is: something a user chooses for herself, as a setting is something an administrator chooses for
// all. Each is declared once, in one of the files beside this one; its page of the options, validation and the
// client read that declaration. Its words are in lib/i18n (options.json) under its key: title, help, choices.
import type { z } from 'zod';

/** The pages of the options, in their order; the first word of a key says which. */
export const pages = [
  'personal',
  'display',
  'list',
  'folders',
  'reading',
  'compose',
  'notices',
] as const;
export type Page = (typeof pages)[number];

/** Which input its page shows; "none" = it is chosen where it is used. */
export type PreferenceControl =
  | { kind: 'switch' }
  | { kind: 'choice'; choices: readonly string[] }
  | { kind: 'number'; min: number; max: number }
  | { kind: 'text'; maxLength: number }
  | { kind: 'none' };

export type PreferenceDefinition<T = unknown> = {
  /** "page.name" */
  key: string;
  schema: z.ZodType<T>;
  default: T;
  control: PreferenceControl;
};

/** Declares a preference. */
export function definePreference<K extends `${Page}.${string}`, T>(
  key: K,
  declared: Omit<PreferenceDefinition<T>, 'key'>,
): PreferenceDefinition<T> & { key: K } {
  return { ...declared, key };
}

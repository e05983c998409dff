// Whether a value fits a setting, and what would be right where it does not. A declaration says it in words of its own; this
// has them for the limits that are declared without.
import type { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { SettingDefinition } from './define.ts';

/** Nobody types them; they come with a text from elsewhere and are seen by nobody. Lines may end, and have tabs. */
const controlCharacter = /[^\P{Cc}\t\n\r]/u;

/** The value as it is kept. Refusal 'invalid' with the key as field. */
export function checkSetting<T>(definition: SettingDefinition<T>, value: unknown): T {
  const { key, schema } = definition;
  const parsed = schema.safeParse(value, { error: sayWhatIsRight });
  if (!parsed.success) {
    const text = parsed.error.issues[0]?.message ?? 'This value does not fit.';
    throw new Refusal('invalid', text, key);
  }
  if ([parsed.data].flat().some((one) => typeof one === 'string' && controlCharacter.test(one))) {
    throw new Refusal(
      'invalid',
      'Leave out what is no letter, digit or sign: there is a control character in it.',
      key,
    );
  }
  return parsed.data;
}

function sayWhatIsRight(issue: z.core.$ZodRawIssue): string | undefined {
  const { code } = issue;
  if (code === 'too_big' || code === 'too_small') {
    const limit = Number(code === 'too_big' ? issue.maximum : issue.minimum);
    if (code === 'too_small' && limit === 1) return 'Give at least one.';
    const least = code === 'too_big' ? 'At most' : 'At least';
    return `${least} ${limit} ${issue.origin === 'array' ? 'entries' : 'characters'}.`;
  }
  if (code === 'invalid_type') return `Give ${types[String(issue.expected)] ?? 'another value'}.`;
  return undefined;
}

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'on or off',
  array: 'a list',
};

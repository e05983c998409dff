// Declarations of preferences as the browser needs them: without their schemas.
import type { DeclaredPreference } from '#components/mail/options/declared.ts';
import type { Page } from '#lib/preferences/define.ts';
import { preferences } from '#lib/preferences/index.ts';

/** Of one page, or of all that are shown anywhere. */
export function declaredPreferences(page?: Page): DeclaredPreference[] {
  return preferences
    .filter(({ key, control }) => (page ? key.startsWith(`${page}.`) : control.kind !== 'none'))
    .map(({ key, control, default: value }) => ({
      key: key as DeclaredPreference['key'],
      control,
      default: value,
    }));
}

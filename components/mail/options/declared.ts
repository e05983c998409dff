// What the browser needs of the declaration of a preference.
import type { PreferenceControl } from '#lib/preferences/define.ts';
import type { PreferenceKey } from '#lib/preferences/index.ts';

export type DeclaredPreference = {
  key: PreferenceKey;
  control: PreferenceControl;
  default: unknown;
};

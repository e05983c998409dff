// The words of a preference: options.json under its key.
import { useTranslations } from 'next-intl';

export type OptionTexts = {
  title(key: string): string;
  /** Empty where its declaration has none. */
  help(key: string): string;
  choice(key: string, choice: string): string;
};

/** Keys come from declarations, so a missing text is found by tests/lib/i18n, not by the compiler. */
export function useOptionTexts(): OptionTexts {
  const t = useTranslations('options');
  const read = (path: string, fallback: string) =>
    t.has(path as never) ? t(path as never) : fallback;
  return {
    title: (key) => read(`${key}.title`, key),
    help: (key) => read(`${key}.help`, ''),
    choice: (key, choice) => read(`${key}.choices.${choice}`, choice),
  };
}

// What a person chose of colours and letters, as attributes of <html>: drawn by the server (app/look.ts), changed at once
// by the options.
import type { Preferences } from '#lib/preferences/index.ts';

type Look = Pick<
  Preferences,
  'display.theme' | 'display.accent' | 'display.font' | 'display.fontSize' | 'display.animations'
>;

/** Undefined where nothing differs from the usual. */
export function lookOf(chosen: Look): Record<`data-${string}`, string | undefined> {
  const unless = (value: string, usual: string) => (value === usual ? undefined : value);
  return {
    'data-theme': unless(chosen['display.theme'], 'auto'),
    'data-accent': unless(chosen['display.accent'], 'teal'),
    'data-font': unless(chosen['display.font'], 'inter'),
    'data-font-size': unless(chosen['display.fontSize'], 'normal'),
    'data-animations': chosen['display.animations'] ? undefined : 'off',
  };
}

/** Shows it on the page that is open. */
export function applyLook(chosen: Look): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(lookOf(chosen))) {
    if (value === undefined) root.removeAttribute(name);
    else root.setAttribute(name, value);
  }
}

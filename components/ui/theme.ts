// Light, dark, or as the system says. For strangers the choice is a cookie, so the server draws the right scheme at
// once; of whoever is signed in it is a preference too, which goes before (app/look.ts).

export type Theme = 'system' | 'light' | 'dark';

const yearSeconds = 365 * 24 * 3600;

/** Applies the theme to the page and remembers it on this device. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
  document.cookie = `drey.theme=${theme}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

/** The theme of this page. */
export function readTheme(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

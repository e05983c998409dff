// Unread mail on the icon of the tab (a dot) and of the installed app (a number).

const icon = '/icon.svg';

/** 0 takes both away. */
export function showBadge(unread: number): void {
  const badge = navigator as Navigator & {
    setAppBadge?: (count: number) => Promise<void>;
    clearAppBadge?: () => Promise<void>;
  };
  const done = unread > 0 ? badge.setAppBadge?.(unread) : badge.clearAppBadge?.();
  done?.catch(() => {});
  void drawIcon(unread > 0);
}

let isDotted = false;
let dotted: Promise<string> | null = null;

async function drawIcon(hasDot: boolean): Promise<void> {
  if (hasDot === isDotted) return;
  isDotted = hasDot;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) return;
  dotted ??= makeDotted();
  const href = hasDot ? await dotted : icon;
  // The wish may have changed meanwhile.
  if (hasDot === isDotted) link.href = href;
}

/** The icon with a dot in its corner, as a data URL. */
async function makeDotted(): Promise<string> {
  const svg = await (await fetch(icon)).text();
  const dot =
    '<circle cx="25" cy="7" r="6.500" fill="#d92d20" stroke="#fff" stroke-width="1.500"/>';
  const whole = svg.replace(/<\/svg>\s*$/, `${dot}</svg>`);
  return `data:image/svg+xml,${encodeURIComponent(whole)}`;
}

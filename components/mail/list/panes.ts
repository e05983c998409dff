// How much room the list has beside and above the open message: remembered in a cookie, so that the server draws it
// there on this device.

export type Panes = { right: number; below: number };

/** Per cent of the room for the list: beside the message, above it. */
export const usualPanes: Panes = { right: 38, below: 45 };
export const panesCookie = 'drey.panes';
export const least = 20;
export const most = 75;
const yearSeconds = 365 * 24 * 3600;

/** Panes of the cookie; what is wrong in it counts as usual. */
export function readPanes(text: string | undefined): Panes {
  const [right, below] = (text ?? '').split('-').map(Number);
  const isGood = (value: number | undefined): value is number =>
    value !== undefined && value >= least && value <= most;
  return {
    right: isGood(right) ? right : usualPanes.right,
    below: isGood(below) ? below : usualPanes.below,
  };
}

/** Remembers them on this device. */
export function keepPanes({ right, below }: Panes): void {
  const text = `${Math.round(right)}-${Math.round(below)}`;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Safari and Firefox
  document.cookie = `${panesCookie}=${text}; path=/; max-age=${yearSeconds}; samesite=lax`;
}

// The place where somebody is, in a menu or a strip that does not show all of itself at once.

/** Scrolls `box`, and nothing around it, until its entry of the current page is seen. */
export function revealCurrent(box: HTMLElement | null): void {
  const entry = box?.querySelector('[aria-current="page"]');
  if (!box || !entry) return;
  const [outer, inner] = [box.getBoundingClientRect(), entry.getBoundingClientRect()];
  const isSeen =
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom &&
    inner.left >= outer.left &&
    inner.right <= outer.right;
  if (isSeen) return;
  box.scrollTop += (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
  box.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
}

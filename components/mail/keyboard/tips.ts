// The words of every button and link in sight, all at once, until the next key, click or scroll. Drawn beside the page and
// not by it: nothing else needs to know. Loaded with the first wish to see them.

const look =
  'pointer-events-none fixed z-50 max-w-48 truncate rounded-sm bg-ink px-1 text-xs leading-4 text-surface shadow-float';
const lineHeight = 16;

/** Shows them; asked again, they go. */
export function showTips(): void {
  const shown = document.querySelector('[data-tips]');
  if (shown) {
    shown.remove();
    return;
  }
  const box = document.createElement('div');
  box.dataset.tips = '';
  // What is shown is what screen readers say anyway.
  box.setAttribute('aria-hidden', 'true');
  const taken: DOMRect[] = [];
  for (const control of document.querySelectorAll<HTMLElement>('button, a[href], input, select')) {
    const words = control.title || control.getAttribute('aria-label') || '';
    const place = control.getBoundingClientRect();
    if (words === '' || !isInSight(control, place)) continue;
    const tip = document.createElement('span');
    tip.className = look;
    tip.textContent = words;
    box.append(tip);
    document.body.append(box);
    const width = tip.offsetWidth;
    const left = Math.max(2, Math.min(place.left, innerWidth - width - 2));
    let top = Math.min(place.bottom - 4, innerHeight - lineHeight);
    // Neighbours stand below one another.
    while (taken.some((each) => overlaps(each, left, top, width))) top += lineHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
    taken.push(new DOMRect(left, top, width, lineHeight));
  }
  const ending = new AbortController();
  const end = () => {
    box.remove();
    ending.abort();
  };
  const { signal } = ending;
  for (const kind of ['keydown', 'pointerdown', 'scroll', 'resize']) {
    window.addEventListener(kind, end, { capture: true, signal });
  }
}

function isInSight(control: HTMLElement, { left, top, right, bottom, width }: DOMRect): boolean {
  if (width === 0 || bottom < 0 || right < 0 || top > innerHeight || left > innerWidth)
    return false;
  const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return seen !== null && (control.contains(seen) || seen.contains(control));
}

function overlaps(other: DOMRect, left: number, top: number, width: number): boolean {
  return (
    left < other.right &&
    left + width > other.left &&
    top < other.bottom &&
    top + lineHeight > other.top
  );
}

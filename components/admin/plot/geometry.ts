// The lines of a plot as paths, and the scale beside them: pure, so that tests can look at the numbers.

/** The drawing is so wide and high in its own units; the page stretches it. */
export const box = { width: 1000, height: 200 };

export type Values = (number | null)[];
export type Format = 'count' | 'bytes' | 'seconds' | 'percent';

/** The end of a scale that holds `most`: 1, 2 or 5 and zeros; for sizes powers of 1024 times that. */
export function findTop(most: number, format: Format): number {
  if (format === 'percent') return most > 50 ? 100 : findTop(most, 'count');
  if (!(most > 0)) return format === 'bytes' ? 1024 : 1;
  const unit = format === 'bytes' ? 1024 ** Math.floor(Math.log2(most) / 10) : 1;
  const value = most / unit;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  const top = step * power * unit;
  return format === 'count' ? Math.max(1, top) : top;
}

/** Where the point stands across, in units of the box. */
export function placeAcross(index: number, length: number): number {
  return length < 2 ? box.width / 2 : round((index / (length - 1)) * box.width);
}

function placeUp(value: number, top: number): number {
  return round(box.height - (Math.min(value, top) / top) * box.height);
}

/** Whole stretches of values that are known, as [index, value]. */
function findStretches(values: Values): [number, number][][] {
  const stretches: [number, number][][] = [];
  let current: [number, number][] | null = null;
  for (const [index, value] of values.entries()) {
    if (value === null) current = null;
    else if (current) current.push([index, value]);
    else {
      current = [[index, value]];
      stretches.push(current);
    }
  }
  return stretches;
}

/** The path of a line; where nothing is known there is a gap, and a lone point is a dot. */
export function drawLine(values: Values, top: number): string {
  return findStretches(values)
    .map((stretch) => {
      const points = stretch.map(
        ([index, value]) => `${placeAcross(index, values.length)} ${placeUp(value, top)}`,
      );
      return points.length === 1 ? `M${points[0]}m-3 0h6` : `M${points.join('L')}`;
    })
    .join('');
}

/** The path of what lies under a line. */
export function drawArea(values: Values, top: number): string {
  return findStretches(values)
    .filter((stretch) => stretch.length > 1)
    .map((stretch) => {
      const across = stretch.map(([index]) => placeAcross(index, values.length));
      const points = stretch.map(([, value], at) => `${across[at]} ${placeUp(value, top)}`);
      return `M${across[0]} ${box.height}L${points.join('L')}L${across.at(-1)} ${box.height}Z`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

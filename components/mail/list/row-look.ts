// How rows look: what the person chose, put together once for the whole list. Heights are in rem, so that they grow with
// the letters; a list of fixed heights scrolls to any of 100,000 rows without measuring one.

import type { Label } from '#lib/preferences/folders.ts';
import type { Preferences } from '#lib/preferences/index.ts';
import type { ColourRule } from '#lib/preferences/list.ts';
import type { ListColumn } from '#lib/preferences/list-names.ts';
import type { DateStyle } from '../dates.ts';

export type RowLook = {
  /** "card" = lines one below the other, "line" = columns side by side */
  mode: 'card' | 'line';
  density: Preferences['list.density'];
  columns: readonly ListColumn[];
  /** rem */
  widths: Preferences['list.widths'];
  hasPreview: boolean;
  hasAvatars: boolean;
  hasStripes: boolean;
  areAddresses: boolean;
  /** Own mail: the first column names the recipients */
  isOutgoing: boolean;
  dates: Preferences['list.dates'];
  fromLength: number;
  subjectLength: number;
  colours: readonly ColourRule[];
  labels: readonly Label[];
  style: DateStyle;
  /** Touch: nothing lower than a finger */
  isCoarse: boolean;
};

const cardHeights = { comfortable: 5.125, default: 3.75, compact: 2 };
const lineHeights = { comfortable: 2.75, default: 2.25, compact: 1.875 };
export const headingHeight = 1.875;

/** The same as classes, for a page from the server. */
const heightClasses: Record<number, string> = {
  5.125: 'h-[5.125rem]',
  3.75: 'h-15',
  2.75: 'h-11',
  2.25: 'h-9',
  2: 'h-8',
  1.875: 'h-7.5',
};

type RowShape = Pick<RowLook, 'mode' | 'density' | 'hasPreview' | 'isCoarse'>;

export function heightClass(look: RowShape): string | undefined {
  return heightClasses[rowHeight(look)];
}

/** Height of a row in rem. */
export function rowHeight(look: RowShape): number {
  if (look.mode === 'line') return Math.max(lineHeights[look.density], look.isCoarse ? 2.75 : 0);
  const isShort = look.density === 'comfortable' && !look.hasPreview;
  const height = isShort ? cardHeights.default : cardHeights[look.density];
  return Math.max(height, look.isCoarse ? 2.75 : 0);
}

/** Width of each column of a line, as a track of its grid. */
export const columnTracks: Record<ListColumn, string> = {
  flags: '',
  from: 'minmax(7rem, 13rem)',
  to: 'minmax(7rem, 13rem)',
  cc: 'minmax(6rem, 11rem)',
  subject: 'minmax(10rem, 1fr)',
  labels: '',
  attachment: '1rem',
  priority: '1rem',
  size: '4rem',
  sent: '',
  received: '',
};

/** The tracks of a line; dates in full need more room. The subject has what the others leave. */
export function lineTracks(
  look: Pick<RowLook, 'columns' | 'widths' | 'dates' | 'isOutgoing'>,
): string {
  const wide = look.dates === 'full' ? '12.5rem' : look.dates === 'iso' ? '8.75rem' : '6.5rem';
  return shownColumns(look)
    .map((column) => {
      const width = look.widths[column];
      if (width !== undefined && column !== 'subject') return `${width}rem`;
      if (column === 'sent' || column === 'received') return wide;
      return columnTracks[column];
    })
    .join(' ');
}

/** Columns of the grid: the star stands before it, labels in the subject; own mail names recipients for the sender. */
export function shownColumns({
  columns,
  isOutgoing,
}: Pick<RowLook, 'columns' | 'isOutgoing'>): ListColumn[] {
  const meant = columns.map((column) => (column === 'from' && isOutgoing ? 'to' : column));
  return [...new Set(meant)].filter((column) => column !== 'flags' && column !== 'labels');
}

/** Text of at most `most` characters; 0 = all of it. */
export function cut(text: string, most: number): string {
  if (most === 0 || text.length <= most) return text;
  return `${[...text].slice(0, most).join('')}…`;
}

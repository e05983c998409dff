// The labels of a row: a dot in their colour and their name; and where it is, in a list of several folders.
'use client';
import type { LabelColour } from '#lib/preferences/folders.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import { colourValues } from './colour-rules.ts';
import type { RowLook } from './row-look.ts';
import type { RowTexts } from './row-texts.ts';

const most = 3;
const others = { grey: 'light-dark(#6b7280, #9ca3af)', pink: 'light-dark(#db2777, #f472b6)' };

function colourOf(colour: LabelColour): string {
  return colour === 'grey' || colour === 'pink' ? others[colour] : colourValues[colour];
}

export function RowPlace({ row, texts }: { row: MessageRow; texts: RowTexts }) {
  const name = texts.place(row);
  if (name === '') return null;
  return (
    <span
      dir="auto"
      title={row.folder}
      className="max-w-28 shrink-0 truncate rounded-sm border px-1 text-xs text-muted"
    >
      {name}
    </span>
  );
}

export function RowLabels({ row, look }: { row: MessageRow; look: RowLook }) {
  if (row.keywords.length === 0) return null;
  const own = new Set(row.keywords.map((each) => each.toLowerCase()));
  const labels = look.labels.filter(({ keyword }) => own.has(keyword.toLowerCase()));
  if (labels.length === 0) return null;
  return (
    <span className="flex shrink-0 items-center gap-1">
      {labels.slice(0, most).map(({ keyword, name, colour }) => (
        <span
          key={keyword}
          className="flex max-w-24 items-center gap-1 rounded-sm bg-sunken px-1 text-xs text-muted"
        >
          <svg aria-hidden="true" viewBox="0 0 2 2" className="size-1.5 shrink-0">
            <circle cx="1" cy="1" r="1" fill={colourOf(colour)} />
          </svg>
          <span className="truncate">{name}</span>
        </span>
      ))}
      {labels.length > most && (
        <span className="text-xs text-faint tabular-nums">+{labels.length - most}</span>
      )}
    </span>
  );
}

// Labels as they are shown: a name on a colour, readable in light and dark. Keywords that nobody named are not shown,
// but for those that Thunderbird and others set by their number.
'use client';
import { useMemo } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { Label, LabelColour } from '#lib/preferences/folders.ts';
import { usePreferences } from '../state/preferences.tsx';

export const labelColours: Record<LabelColour, string> = {
  grey: 'bg-[light-dark(#e7e9ec,#33363d)] text-[light-dark(#3d424b,#d3d7de)]',
  red: 'bg-[light-dark(#fbe0de,#4a211e)] text-[light-dark(#8f1a11,#f7aca5)]',
  orange: 'bg-[light-dark(#fde4cf,#47290f)] text-[light-dark(#83400a,#f5b98a)]',
  yellow: 'bg-[light-dark(#fbeeb8,#3d330c)] text-[light-dark(#6a5200,#ecd375)]',
  green: 'bg-[light-dark(#d9f0dc,#1b3a22)] text-[light-dark(#1a5a2c,#98dba7)]',
  teal: 'bg-[light-dark(#d3eeea,#143a36)] text-[light-dark(#0b5a50,#84d8ca)]',
  blue: 'bg-[light-dark(#dbe9fa,#1c3450)] text-[light-dark(#194f8b,#a3cbf5)]',
  violet: 'bg-[light-dark(#e8e1fa,#33274f)] text-[light-dark(#523596,#cbb8f7)]',
  pink: 'bg-[light-dark(#f9dfee,#47203a)] text-[light-dark(#892060,#f2abd4)]',
};

const dots: Record<LabelColour, string> = {
  grey: 'bg-[#858b96]',
  red: 'bg-[#d1493e]',
  orange: 'bg-[#d9782b]',
  yellow: 'bg-[#c79f12]',
  green: 'bg-[#3b9a54]',
  teal: 'bg-[#1f998a]',
  blue: 'bg-[#3d82cf]',
  violet: 'bg-[#8060d0]',
  pink: 'bg-[#cc4f9a]',
};

export function LabelDot({ colour }: { colour: LabelColour }) {
  return (
    <span aria-hidden className={joinClasses('size-2.5 shrink-0 rounded-full', dots[colour])} />
  );
}

export function LabelChip({ label, className }: { label: Label; className?: string }) {
  return (
    <span
      dir="auto"
      className={joinClasses(
        'inline-block max-w-32 shrink-0 truncate rounded-sm px-1.5 text-xs leading-4.5 font-medium',
        labelColours[label.colour],
        className,
      )}
    >
      {label.name}
    </span>
  );
}

/** The labels of a message, in the person's order. */
export function useLabels(keywords: readonly string[]): Label[] {
  const { preferences } = usePreferences();
  const all = preferences['folders.labels'];
  return useMemo(() => {
    if (keywords.length === 0) return none;
    const own = new Set(keywords.map((each) => each.toLowerCase()));
    return all.filter(({ keyword }) => own.has(keyword.toLowerCase()));
  }, [keywords, all]);
}
const none: Label[] = [];

/** Chips of a message's labels; of many only the first. */
export function LabelChips({ keywords, most = 3 }: { keywords: readonly string[]; most?: number }) {
  const labels = useLabels(keywords);
  if (labels.length === 0) return null;
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      {labels.slice(0, most).map((label) => (
        <LabelChip key={label.keyword} label={label} />
      ))}
      {labels.length > most && (
        <span className="text-xs text-faint" title={labels.map(({ name }) => name).join(', ')}>
          +{labels.length - most}
        </span>
      )}
    </span>
  );
}

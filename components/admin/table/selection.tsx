// Choosing rows of a list: those of the page by their boxes (with Shift a whole stretch), or all that the list's filter finds.
// What is done to them stands in a bar above the table while something is chosen.
'use client';
import { createContext, type ReactNode, useContext, useMemo, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { formatCount } from '#components/ui/format.ts';
import { Td, Th } from '#components/ui/table.tsx';

/** What an action gets: ids, or the word for everything that the filter finds. */
export type Chosen = { ids: string[] } | { isAll: true };

type Context = {
  ids: string[];
  total: number;
  isTotalCut: boolean;
  chosen: ReadonlySet<string>;
  isAll: boolean;
  toggle(id: string, isOn: boolean, isStretch: boolean): void;
  choose(ids: string[], isAll?: boolean): void;
};

const SelectionContext = createContext<Context | null>(null);

function useSelection(): Context {
  const context = useContext(SelectionContext);
  if (!context) throw new Error('no selection around this');
  return context;
}

export function Selection({
  ids,
  total,
  isTotalCut,
  children,
}: {
  /** Of the page's rows, in their order */
  ids: string[];
  total: number;
  isTotalCut: boolean;
  children: ReactNode;
}) {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setIsAll] = useState(false);
  const last = useRef<string | null>(null);
  const value = useMemo<Context>(() => {
    // Another page has other rows: what it does not show is not chosen.
    const chosen = new Set(ids.filter((id) => isAll || kept.has(id)));
    const toggle = (id: string, isOn: boolean, isStretch: boolean) => {
      const [from, to] = [ids.indexOf(last.current ?? id), ids.indexOf(id)].sort((a, b) => a - b);
      const touched =
        isStretch && from !== undefined && from >= 0 ? ids.slice(from, to! + 1) : [id];
      const next = new Set(chosen);
      for (const each of touched) {
        if (isOn) next.add(each);
        else next.delete(each);
      }
      last.current = id;
      setIsAll(false);
      setKept(next);
    };
    const choose = (wanted: string[], all = false) => {
      setKept(new Set(wanted));
      setIsAll(all);
    };
    return { ids, total, isTotalCut, chosen, isAll, toggle, choose };
  }, [ids, total, isTotalCut, kept, isAll]);
  return <SelectionContext value={value}>{children}</SelectionContext>;
}

/** The box in the heading: all rows of the page. */
export function SelectAllTh() {
  const { ids, chosen, choose } = useSelection();
  const isEvery = ids.length > 0 && chosen.size === ids.length;
  return (
    <Th className="w-8 pe-0">
      <span className="flex">
        <Checkbox
          aria-label="Choose all rows of this page"
          checked={isEvery}
          isMixed={chosen.size > 0 && !isEvery}
          onChange={() => choose(isEvery ? [] : ids)}
        />
      </span>
    </Th>
  );
}

export function SelectTd({
  id,
  label,
  isOff = false,
}: {
  id: string;
  label: string;
  isOff?: boolean;
}) {
  const { chosen, toggle } = useSelection();
  return (
    // Above the link that covers the row.
    <Td className="relative z-10 w-8 pe-0">
      {!isOff && (
        <span className="flex">
          <Checkbox
            aria-label={`Choose ${label}`}
            checked={chosen.has(id)}
            onChange={(event) => {
              const isStretch =
                'shiftKey' in event.nativeEvent && event.nativeEvent.shiftKey === true;
              toggle(id, event.target.checked, isStretch);
            }}
          />
        </span>
      )}
    </Td>
  );
}

/** Above the table while something is chosen. `children` gets what is chosen, how much it is, and the way to let go. */
export function SelectionBar({
  children,
}: {
  children: (chosen: Chosen, count: string, letGo: () => void) => ReactNode;
}) {
  const { ids, total, isTotalCut, chosen, isAll, choose } = useSelection();
  if (chosen.size === 0) return null;
  const all = `${isTotalCut ? 'more than ' : ''}${formatCount(total)}`;
  const count = isAll ? all : formatCount(chosen.size);
  const isEvery = chosen.size === ids.length;
  return (
    <section
      aria-label="What is chosen"
      className="sticky top-12 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-accent-soft px-3 py-2 text-sm lg:top-0"
    >
      <span role="status" className="me-1 font-medium tabular-nums">
        {count} chosen
      </span>
      {isEvery && !isAll && total > ids.length && (
        <Button size="sm" variant="ghost" onClick={() => choose(ids, true)}>
          Choose all {all}
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={() => choose([])}>
        Clear
      </Button>
      <span className="ms-auto flex flex-wrap gap-2">
        {children(isAll ? { isAll: true } : { ids: [...chosen] }, count, () => choose([]))}
      </span>
    </section>
  );
}

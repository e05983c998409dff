// Which columns a row has, and in which order.
'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { type ListColumn, listColumns } from '#lib/preferences/list-names.ts';
import { usePreferences } from '../state/preferences.tsx';

const usual: ListColumn[] = ['flags', 'from', 'subject', 'labels', 'attachment', 'received'];

/** The list with one of its entries moved by a step. */
export function moved<T>(list: readonly T[], entry: T, by: 1 | -1): T[] {
  const at = list.indexOf(entry);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return [...list];
  const next = [...list];
  next.splice(at, 1);
  next.splice(to, 0, entry);
  return next;
}

export function ColumnsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('list');
  const { preferences, change } = usePreferences();
  const chosen = preferences['list.columns'];
  const set = (next: ListColumn[]) => {
    if (next.length > 0) void change({ 'list.columns': next });
  };
  const all = [...chosen, ...listColumns.filter((each) => !chosen.includes(each))];
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('columnsTitle')}
      size="sm"
      footer={
        <>
          <Button onClick={() => set(usual)}>{t('columnsReset')}</Button>
          <Button variant="primary" onClick={onClose}>
            {t('columnsDone')}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-sm text-muted">{t('columnsHelp')}</p>
      <ul className="flex flex-col gap-1">
        {all.map((column) => {
          const isChosen = chosen.includes(column);
          const name = t(`columns.${column}`);
          return (
            <li key={column} className="flex h-9 items-center gap-2 pointer-coarse:h-11">
              <span className="flex-1">
                <Checkbox
                  label={name}
                  checked={isChosen}
                  disabled={isChosen && chosen.length === 1}
                  onChange={() =>
                    set(isChosen ? chosen.filter((each) => each !== column) : [...chosen, column])
                  }
                />
              </span>
              {isChosen && (
                <>
                  <IconButton
                    label={t('columnEarlier', { column: name })}
                    icon={<ArrowUp />}
                    size="sm"
                    disabled={chosen[0] === column}
                    onClick={() => set(moved(chosen, column, -1))}
                  />
                  <IconButton
                    label={t('columnLater', { column: name })}
                    icon={<ArrowDown />}
                    size="sm"
                    disabled={chosen.at(-1) === column}
                    onClick={() => set(moved(chosen, column, 1))}
                  />
                </>
              )}
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}

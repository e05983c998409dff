// When a message shall leave: a few times people mean, or any other.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { formatFullDate } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';

export function LaterDialog({
  isOpen,
  onClose,
  onChoose,
  maxDays,
}: {
  isOpen: boolean;
  onClose: () => void;
  onChoose: (at: Date) => void;
  maxDays: number;
}) {
  const t = useTranslations('compose.later');
  const style = useDateStyle();
  const [text, setText] = useState('');
  const [error, setError] = useState('');
  const now = new Date();
  const latest = new Date(now.getTime() + maxDays * 24 * 3600_000);
  const choose = (at: Date) => {
    if (!(at > new Date()) || at > latest) return setError(t('past'));
    onClose();
    onChoose(at);
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('title')}
      size="sm"
      footer={
        <Button variant="primary" disabled={text === ''} onClick={() => choose(new Date(text))}>
          {t('schedule')}
        </Button>
      }
    >
      <div className="flex flex-col gap-1">
        {suggestTimes(now).map(({ key, at }) => (
          <button
            key={key}
            type="button"
            onClick={() => choose(at)}
            className="flex items-center justify-between gap-4 rounded-md px-2 py-2 text-start hover:bg-hover pointer-coarse:py-3"
          >
            <span>{t(key)}</span>
            <span className="text-sm text-muted">{formatFullDate(at.toISOString(), style)}</span>
          </button>
        ))}
      </div>
      <Field label={t('choose')} error={error} className="mt-3">
        <Input
          type="datetime-local"
          value={text}
          min={toLocalText(now)}
          max={toLocalText(latest)}
          onChange={(event) => {
            setText(event.target.value);
            setError('');
          }}
        />
      </Field>
    </Dialog>
  );
}

function suggestTimes(now: Date): { key: 'tonight' | 'tomorrow' | 'monday'; at: Date }[] {
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    ...(now.getHours() < 18 ? [{ key: 'tonight' as const, at: at(0, 18) }] : []),
    { key: 'tomorrow' as const, at: at(1, 8) },
    ...(toMonday > 1 ? [{ key: 'monday' as const, at: at(toMonday, 8) }] : []),
  ];
}

/** As an input of type datetime-local has it: in the zone of the browser. */
function toLocalText(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

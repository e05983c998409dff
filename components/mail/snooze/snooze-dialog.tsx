// Until when messages are put away: a few usual moments, or one's own.
'use client';
import { AlarmClock, AlarmClockOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { formatFullDate } from '../dates.ts';
import type { Mail } from '../state/use-mail.ts';
import { useDateStyle } from '../use-dates.tsx';
import { atWall, listSnoozeTimes, readWall } from './snooze-times.ts';
import { useSnooze } from './use-snooze.ts';

export function SnoozeDialog({
  mail,
  ids,
  onClose,
}: {
  mail: Mail;
  /** Ids of rows, or null: closed */
  ids: number[] | null;
  onClose: () => void;
}) {
  return ids === null ? null : <OpenDialog mail={mail} ids={ids} onClose={onClose} />;
}

function OpenDialog({ mail, ids, onClose }: { mail: Mail; ids: number[]; onClose: () => void }) {
  const t = useTranslations('folders.snooze');
  const style = useDateStyle();
  const { snooze, unsnooze } = useSnooze(mail);
  const [now] = useState(() => new Date());
  const times = listSnoozeTimes(now, style.zone);
  const [own, setOwn] = useState(() => toInput(times.at(-1)?.at ?? now, style.zone));
  const choose = (until: Date) => {
    void snooze(ids, until);
    onClose();
  };
  const chosen = fromInput(own, style.zone);
  const isFuture = chosen !== null && chosen.getTime() > now.getTime() + 60_000;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen && isFuture) choose(chosen);
  };
  return (
    <Dialog isOpen onClose={onClose} title={t('title', { count: ids.length })} size="sm">
      <div className="-mx-2 flex flex-col">
        {mail.folder?.role === 'snoozed' && (
          <Choice
            icon={<AlarmClockOff aria-hidden />}
            text={t('now')}
            detail=""
            onChoose={() => {
              void unsnooze(ids);
              onClose();
            }}
          />
        )}
        {times.map(({ key, at }) => (
          <Choice
            key={key}
            icon={<AlarmClock aria-hidden />}
            text={t(`times.${key}`)}
            detail={formatFullDate(at.toISOString(), style)}
            onChoose={() => choose(at)}
          />
        ))}
      </div>
      <form onSubmit={submit} className="mt-3 flex items-end gap-2 border-t pt-3">
        <Field label={t('own')} className="min-w-0 flex-1">
          <Input
            type="datetime-local"
            value={own}
            required
            onChange={(event) => setOwn(event.target.value)}
          />
        </Field>
        <Button type="submit" disabled={!isFuture}>
          {t('set')}
        </Button>
      </form>
    </Dialog>
  );
}

function Choice({
  icon,
  text,
  detail,
  onChoose,
}: {
  icon: React.ReactNode;
  text: string;
  detail: string;
  onChoose: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex h-9 items-center gap-2.5 rounded-md px-2 text-start hover:bg-hover focus-visible:bg-hover pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:text-muted"
    >
      {icon}
      <span className="flex-1">{text}</span>
      <span className="text-sm text-muted">{detail}</span>
    </button>
  );
}

const pad = (value: number) => String(value).padStart(2, '0');

function toInput(at: Date, zone: string | undefined): string {
  const { year, month, day, hour, minute } = readWall(at, zone);
  return `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}`;
}

function fromInput(text: string, zone: string | undefined): Date | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return atWall({ year, month, day, hour, minute }, zone);
}

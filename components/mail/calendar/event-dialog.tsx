// One event, to read, change or delete; of a recurring one this time alone or all.
'use client';
import { Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { formatterOf } from '../dates.ts';
import { errorText, getJson, postJson, putJson } from '../state/request.ts';
import type { Remember } from '../state/use-undo.ts';
import { useDateStyle } from '../use-dates.tsx';
import type { StoredEvent } from './event-draft.ts';
import type { Shown } from './use-occurrences.ts';

const path = '/api/mail/calendar/events';

export function EventDialog({
  shown,
  onClose,
  onEdit,
  onChange,
  remember,
}: {
  shown: Shown;
  onClose: () => void;
  onEdit: (event: StoredEvent) => void;
  onChange: () => void;
  remember: Remember;
}) {
  const t = useTranslations('calendar');
  const toast = useToast();
  const style = useDateStyle();
  const [event, setEvent] = useState<StoredEvent | null>(null);
  const [isRemoving, setIsRemoving] = useState(false);
  const { id, title } = shown;
  useEffect(() => {
    let isCurrent = true;
    getJson<{ event: StoredEvent }>(path, { id }).then(
      (answer) => isCurrent && setEvent(answer.event),
      (error) => isCurrent && toast.show({ kind: 'error', text: errorText(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, toast]);

  const remove = async (time?: string) => {
    try {
      const answer = await putJson<{ event: StoredEvent }>(path, { id, time });
      const restore = async () => {
        await postJson(path, { restore: answer.event });
        toast.show({ text: t('done.restored', { title }) });
        onChange();
      };
      remember({ label: t('done.deleted', { title }), run: restore });
      onChange();
      onClose();
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };
  const zone = shown.isAllDay ? 'UTC' : style.zone;
  const format = formatterOf(
    { ...style, zone },
    shown.isAllDay
      ? { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' }
      : { weekday: 'short', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' },
  );
  // A whole day ends where the next begins.
  const last = new Date(Date.parse(shown.endsAt) - (shown.isAllDay ? 1 : 0));
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={isRemoving ? t('remove.title', { title }) : title}
      footer={
        isRemoving ? (
          <>
            <Button onClick={() => setIsRemoving(false)}>{t('cancel')}</Button>
            <Button onClick={() => void remove(shown.time)}>{t('remove.one')}</Button>
            <Button variant="danger" onClick={() => void remove()}>
              {t('remove.all')}
            </Button>
          </>
        ) : (
          <>
            <Button
              variant="danger-ghost"
              icon={<Trash2 className="size-4" />}
              onClick={() => (shown.isRecurring ? setIsRemoving(true) : void remove())}
            >
              {t('delete')}
            </Button>
            <Button
              icon={<Pencil className="size-4" />}
              disabled={!event}
              onClick={() => event && onEdit(event)}
            >
              {t('edit')}
            </Button>
          </>
        )
      }
    >
      {isRemoving ? (
        <p>{t('remove.text')}</p>
      ) : (
        <div className="flex flex-col gap-2">
          <p>
            {format.formatRange(new Date(shown.startsAt), last)}
            {shown.isAllDay && <span className="text-muted"> · {t('allDay')}</span>}
          </p>
          {shown.answer && (
            <p>
              <Badge>{t(`answers.${shown.answer}`)}</Badge>
            </p>
          )}
          {shown.place && <p className="break-words">{shown.place}</p>}
          {event?.text && <p className="break-words whitespace-pre-wrap">{event.text}</p>}
        </div>
      )}
    </Dialog>
  );
}

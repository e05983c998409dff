// The form of an event.
'use client';
import { useTranslations } from 'next-intl';
import { type ReactNode, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, patchJson, postJson } from '../state/request.ts';
import { useDateStyle } from '../use-dates.tsx';
import {
  type EventDraft,
  type FormValues,
  moveStart,
  type Repeat,
  repeats,
  setAllDay,
  startValues,
  toEventInput,
} from './event-draft.ts';
import { zoneName } from './use-occurrences.ts';

const path = '/api/mail/calendar/events';
const reminders = [null, 0, 5, 10, 15, 30, 60, 120, 1440, 2880, 10_080];
const priorities = { none: 0, high: 1, normal: 5, low: 9 } as const;

export function EventForm({
  draft,
  onClose,
  onChange,
}: {
  draft: EventDraft;
  onClose: () => void;
  onChange: () => void;
}) {
  const t = useTranslations('calendar');
  const toast = useToast();
  const formId = useId();
  const zone = zoneName(useDateStyle().zone);
  const [values, setValues] = useState<FormValues>(() => startValues(draft, zone, new Date()));
  const [error, setError] = useState('');
  const [isSaving, setIsSaving] = useState(false);
  const set = (change: Partial<FormValues>) => setValues((before) => ({ ...before, ...change }));
  const isNew = draft.kind === 'new';

  const save = async () => {
    setIsSaving(true);
    setError('');
    try {
      const event = toEventInput(values);
      if (isNew) await postJson(path, { event });
      else await patchJson(path, { id: draft.event.id, event });
      toast.show({ text: t(isNew ? 'done.added' : 'done.saved', { title: values.title }) });
      onChange();
      onClose();
    } catch (failure) {
      setError(errorText(failure));
      setIsSaving(false);
    }
  };
  const priority =
    values.priority === 0 ? 0 : values.priority < 5 ? 1 : values.priority === 5 ? 5 : 9;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t(isNew ? 'form.new' : 'form.edit')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            type="submit"
            form={formId}
            variant="primary"
            isPending={isSaving}
            disabled={values.title.trim() === ''}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t('form.title')}>
          <Input
            value={values.title}
            maxLength={300}
            autoFocus
            onChange={(event) => set({ title: event.target.value })}
          />
        </Field>
        <Checkbox
          label={t('form.allDay')}
          checked={values.isAllDay}
          onChange={(event) => set(setAllDay(values, event.target.checked))}
        />
        <div className="grid grid-cols-2 gap-3">
          <When
            dayLabel={t('form.starts')}
            clockLabel={t('form.startTime')}
            day={values.startDay}
            clock={values.isAllDay ? null : values.startClock}
            onChange={(day, clock) => set(moveStart(values, day, clock))}
          />
          <When
            dayLabel={t('form.ends')}
            clockLabel={t('form.endTime')}
            day={values.endDay}
            clock={values.isAllDay ? null : values.endClock}
            onChange={(endDay, endClock) => set({ endDay, endClock })}
          />
        </div>
        {!values.isAllDay && values.timeZone !== zone && (
          <p className="text-sm text-muted">
            {t('form.zone')}: {values.timeZone}
          </p>
        )}
        <Field label={t('form.place')}>
          <Input
            value={values.place}
            maxLength={300}
            onChange={(event) => set({ place: event.target.value })}
          />
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <Choice
            label={t('form.repeat')}
            value={values.repeat}
            onChange={(value) => set({ repeat: value as Repeat })}
          >
            {repeats
              .filter((each) => each !== 'other' || values.rule !== '')
              .map((each) => (
                <option key={each} value={each}>
                  {t(`form.repeats.${each as Repeat}`)}
                </option>
              ))}
          </Choice>
          {values.repeat !== 'never' && (
            <Field label={t('form.until')} help={t('form.untilHelp')}>
              <Input
                type="date"
                min={values.startDay}
                value={values.until}
                onChange={(event) => set({ until: event.target.value })}
              />
            </Field>
          )}
          <Choice
            label={t('form.reminder')}
            value={String(values.reminderMinutes)}
            onChange={(value) => set({ reminderMinutes: value === 'null' ? null : Number(value) })}
          >
            {[...new Set([...reminders, values.reminderMinutes])].map((minutes) => (
              <option key={String(minutes)} value={String(minutes)}>
                {reminderText(t, minutes)}
              </option>
            ))}
          </Choice>
          <Choice
            label={t('form.priority')}
            value={String(priority)}
            onChange={(value) => set({ priority: Number(value) })}
          >
            {Object.entries(priorities).map(([name, number]) => (
              <option key={name} value={number}>
                {t(`form.priorities.${name as keyof typeof priorities}`)}
              </option>
            ))}
          </Choice>
        </div>
        <Field label={t('form.text')}>
          <Textarea
            value={values.text}
            maxLength={10_000}
            onChange={(event) => set({ text: event.target.value })}
          />
        </Field>
        <FieldError>{error}</FieldError>
      </form>
    </Dialog>
  );
}

function reminderText(
  t: ReturnType<typeof useTranslations<'calendar'>>,
  minutes: number | null,
): string {
  if (minutes === null) return t('form.reminders.none');
  if (minutes === 0) return t('form.reminders.start');
  if (minutes % 1440 === 0) return t('form.reminders.days', { count: minutes / 1440 });
  if (minutes % 60 === 0) return t('form.reminders.hours', { count: minutes / 60 });
  return t('form.reminders.minutes', { count: minutes });
}

function When({
  dayLabel,
  clockLabel,
  day,
  clock,
  onChange,
}: {
  dayLabel: string;
  clockLabel: string;
  day: string;
  /** Null for whole days */
  clock: string | null;
  onChange: (day: string, clock: string) => void;
}) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Field label={dayLabel}>
        <Input
          type="date"
          required
          value={day}
          onChange={(event) => event.target.value && onChange(event.target.value, clock ?? '09:00')}
        />
      </Field>
      {clock !== null && (
        <Input
          type="time"
          aria-label={clockLabel}
          required
          value={clock}
          onChange={(event) => event.target.value && onChange(day, event.target.value)}
        />
      )}
    </div>
  );
}

function Choice({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <Field label={label}>
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </Select>
    </Field>
  );
}

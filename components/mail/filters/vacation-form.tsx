// The page "Vacation answer". Times are those of the person's own clock; a moment is what is stored.
'use client';
import { useFormatter, useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Vacation } from '#lib/filters/vacation.ts';
import { errorText, postJson, RequestError } from '../state/request.ts';

/** As it comes over the wire. */
export type VacationFields = Omit<Vacation, 'startsAt' | 'endsAt'> & {
  startsAt: string | null;
  endsAt: string | null;
};

const intervals = [1, 2, 3, 4, 7, 14, 30];
const audiences = ['anyone', 'contacts', 'domain'] as const;

export function VacationForm({ start, domain }: { start: VacationFields; domain: string }) {
  const t = useTranslations('filters.vacation');
  const toast = useToast();
  const [saved, setSaved] = useState(start);
  const [fields, setFields] = useState(start);
  const [failure, setFailure] = useState<{ field: string | null; text: string } | null>(null);
  const [isPending, setIsPending] = useState(false);
  const set = (change: Partial<VacationFields>) => setFields({ ...fields, ...change });
  const errorOf = (field: string) => (failure?.field === field ? failure.text : undefined);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsPending(true);
    setFailure(null);
    try {
      const answer = await postJson<{ vacation: VacationFields }>('/api/mail/vacation', fields);
      setSaved(answer.vacation);
      setFields(answer.vacation);
      toast.show({ text: t('saved') });
    } catch (error) {
      const field = error instanceof RequestError ? error.field : null;
      setFailure({ field, text: errorText(error) });
    }
    setIsPending(false);
  };
  const isShownBelow = failure && !['text', 'startsAt', 'endsAt'].includes(failure.field ?? '');
  return (
    <form onSubmit={save} className="flex max-w-2xl flex-col gap-4">
      <State vacation={saved} />
      <Switch
        label={t('on')}
        help={t('onHelp')}
        checked={fields.isOn}
        onChange={(event) => set({ isOn: event.target.checked })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('starts')} help={t('startsHelp')} error={errorOf('startsAt')}>
          <MomentInput value={fields.startsAt} onChange={(startsAt) => set({ startsAt })} />
        </Field>
        <Field label={t('ends')} help={t('endsHelp')} error={errorOf('endsAt')}>
          <MomentInput value={fields.endsAt} onChange={(endsAt) => set({ endsAt })} />
        </Field>
      </div>
      <Field label={t('subject')} help={t('subjectHelp')}>
        <Input
          maxLength={200}
          value={fields.subject}
          onChange={(event) => set({ subject: event.target.value })}
        />
      </Field>
      <Field label={t('text')} error={errorOf('text')}>
        <Textarea
          rows={8}
          maxLength={10_000}
          dir="auto"
          value={fields.text}
          onChange={(event) => set({ text: event.target.value })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('interval')}>
          <Select
            value={fields.intervalDays}
            onChange={(event) => set({ intervalDays: Number(event.target.value) })}
          >
            {[...new Set([...intervals, fields.intervalDays])]
              .sort((one, other) => one - other)
              .map((count) => (
                <option key={count} value={count}>
                  {t('days', { count })}
                </option>
              ))}
          </Select>
        </Field>
        <Field label={t('audience')}>
          <Select
            value={fields.audience}
            onChange={(event) =>
              set({ audience: audiences.find((each) => each === event.target.value) ?? 'anyone' })
            }
          >
            {audiences.map((audience) => (
              <option key={audience} value={audience}>
                {t(`audiences.${audience}`, { domain })}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {isShownBelow && <Banner tone="danger">{failure.text}</Banner>}
      <div>
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

function State({ vacation }: { vacation: VacationFields }) {
  const t = useTranslations('filters.vacation');
  const format = useFormatter();
  // The server's clock is not the reader's: shown once the page is there.
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => setNow(Date.now()), []);
  if (!vacation.isOn || now === null) return null;
  if (vacation.endsAt && Date.parse(vacation.endsAt) <= now) {
    return <Banner tone="warn">{t('over')}</Banner>;
  }
  if (vacation.startsAt && Date.parse(vacation.startsAt) > now) {
    const moment = new Date(vacation.startsAt);
    const date = format.dateTime(moment, { dateStyle: 'full', timeStyle: 'short' });
    return <Banner tone="info">{t('waiting', { date })}</Banner>;
  }
  return <Banner tone="ok">{t('active')}</Banner>;
}

/** A moment as date and time of the browser's own clock. */
function MomentInput({
  value,
  onChange,
  ...rest
}: {
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const [text, setText] = useState('');
  // In the time zone of the browser, which the server does not know.
  useEffect(() => setText(value ? toLocal(new Date(value)) : ''), [value]);
  return (
    <Input
      {...rest}
      type="datetime-local"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const at = new Date(event.target.value);
        onChange(Number.isNaN(at.getTime()) ? null : at.toISOString());
      }}
    />
  );
}

function toLocal(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

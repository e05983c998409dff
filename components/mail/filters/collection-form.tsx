// The form of one account elsewhere.
'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { Checkbox, Switch } from '#components/ui/checkbox.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { NewCollection } from '#lib/collections/collection.ts';
import { errorText, RequestError } from '../state/request.ts';

export type CollectionFields = NewCollection;

const intervals = [5, 10, 15, 30, 60, 180, 360, 720, 1440];
/** RFC 8314, RFC 1939, RFC 9051 */
const ports = {
  imap: { implicit: 993, required: 143, none: 143 },
  pop3: { implicit: 995, required: 110, none: 110 },
};
const tlsModes = ['implicit', 'required', 'none'] as const;
const shownAtFields = ['host', 'port', 'username', 'password', 'source', 'target'];

const empty: CollectionFields = {
  name: '',
  protocol: 'imap',
  host: '',
  port: 993,
  tlsMode: 'implicit',
  username: '',
  source: 'INBOX',
  target: 'INBOX',
  isKept: true,
  intervalMinutes: 15,
  isDisabled: false,
};

export function CollectionForm({
  start,
  folders,
  onSave,
  onCancel,
}: {
  start: CollectionFields | null;
  folders: readonly string[];
  /** Throws what the server refuses. */
  onSave: (collection: CollectionFields) => Promise<void>;
  onCancel: () => void;
}) {
  const t = useTranslations('filters.collect');
  const ids = { title: useId(), folders: useId() };
  const [fields, setFields] = useState<CollectionFields>(() => pickFields(start ?? empty));
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<{ field: string | null; text: string } | null>(null);
  const [isPending, setIsPending] = useState(false);
  const set = (change: Partial<CollectionFields>) => setFields({ ...fields, ...change });
  const errorOf = (field: string) => (failure?.field === field ? failure.text : undefined);
  /** Another kind or encryption has another port, unless somebody typed one of his own. */
  const setWay = (change: Partial<Pick<CollectionFields, 'protocol' | 'tlsMode'>>) => {
    const way = { ...fields, ...change };
    const isUsual = fields.port === ports[fields.protocol][fields.tlsMode];
    set({ ...change, port: isUsual ? ports[way.protocol][way.tlsMode] : fields.port });
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsPending(true);
    setFailure(null);
    try {
      await onSave({ ...fields, ...(password ? { password } : {}) });
    } catch (error) {
      const field = error instanceof RequestError ? error.field : null;
      setFailure({ field, text: errorText(error) });
      setIsPending(false);
    }
  };
  return (
    <form
      aria-labelledby={ids.title}
      onSubmit={save}
      autoComplete="off"
      className="flex flex-col gap-4 rounded-lg border p-4"
    >
      <h2 id={ids.title} className="text-lg font-semibold">
        {start ? t('editTitle') : t('new')}
      </h2>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('protocol')}>
          <Select
            value={fields.protocol}
            onChange={(event) =>
              setWay({ protocol: event.target.value === 'pop3' ? 'pop3' : 'imap' })
            }
          >
            <option value="imap">IMAP</option>
            <option value="pop3">POP3</option>
          </Select>
        </Field>
        <Field label={t('tls')} help={fields.tlsMode === 'none' ? t('tlsWarning') : undefined}>
          <Select
            value={fields.tlsMode}
            onChange={(event) =>
              setWay({ tlsMode: tlsModes.find((each) => each === event.target.value) })
            }
          >
            {tlsModes.map((mode) => (
              <option key={mode} value={mode}>
                {t(`tlsModes.${mode}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('host')} error={errorOf('host')}>
          <Input
            required
            dir="ltr"
            maxLength={253}
            placeholder="imap.example.org"
            value={fields.host}
            onChange={(event) => set({ host: event.target.value })}
          />
        </Field>
        <Field label={t('port')} error={errorOf('port')}>
          <Input
            required
            type="number"
            min={1}
            max={65_535}
            value={fields.port}
            onChange={(event) => set({ port: Number(event.target.value) })}
          />
        </Field>
        <Field label={t('username')} error={errorOf('username')}>
          <Input
            required
            dir="ltr"
            maxLength={254}
            autoComplete="off"
            value={fields.username}
            onChange={(event) => set({ username: event.target.value })}
          />
        </Field>
        <Field
          label={t('password')}
          error={errorOf('password')}
          help={start ? t('passwordKept') : undefined}
        >
          <Input
            type="password"
            required={!start}
            maxLength={500}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        {fields.protocol === 'imap' && (
          <Field label={t('source')} error={errorOf('source')}>
            <Input
              required
              maxLength={500}
              value={fields.source}
              onChange={(event) => set({ source: event.target.value })}
            />
          </Field>
        )}
        <Field label={t('target')} help={t('targetHelp')} error={errorOf('target')}>
          <Input
            required
            maxLength={500}
            list={ids.folders}
            value={fields.target}
            onChange={(event) => set({ target: event.target.value })}
          />
        </Field>
        <Field label={t('interval')}>
          <Select
            value={fields.intervalMinutes}
            onChange={(event) => set({ intervalMinutes: Number(event.target.value) })}
          >
            {[...new Set([...intervals, fields.intervalMinutes])].map((count) => (
              <option key={count} value={count}>
                {t('minutes', { count })}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('name')} help={t('nameHelp')}>
          <Input
            maxLength={100}
            value={fields.name}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
      </div>
      <datalist id={ids.folders}>
        {folders.map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      <Checkbox
        label={t('keep')}
        help={t('keepHelp')}
        checked={fields.isKept}
        onChange={(event) => set({ isKept: event.target.checked })}
      />
      {start && (
        <Switch
          label={t('isOn', { name: start.name })}
          checked={!fields.isDisabled}
          onChange={(event) => set({ isDisabled: !event.target.checked })}
        />
      )}
      {failure && !shownAtFields.includes(failure.field ?? '') && (
        <Banner tone="danger">{failure.text}</Banner>
      )}
      <div className="flex gap-2">
        <Button type="submit" variant="primary" isPending={isPending}>
          {t('save')}
        </Button>
        <Button onClick={onCancel}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

function pickFields(given: CollectionFields): CollectionFields {
  const { name, protocol, host, port, tlsMode, username } = given;
  const { source, target, isKept, intervalMinutes, isDisabled } = given;
  return {
    ...{ name, protocol, host, port, tlsMode, username },
    ...{ source, target, isKept, intervalMinutes, isDisabled },
  };
}

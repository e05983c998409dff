// The form of a contact. Fields that one contact may have several of grow line by line.
'use client';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select, Textarea } from '#components/ui/input.tsx';
import { errorText, patchJson, postJson, RequestError } from '../state/request.ts';
import { type Contact, contactsPath, type GroupRow } from './contact-data.ts';
import { PhotoField } from './photo-field.tsx';

type Draft = Omit<Contact, 'id' | 'uid'>;

const empty: Draft = {
  ...{ name: '', nickname: '', firstName: '', lastName: '', organization: '', title: '', note: '' },
  ...{ phones: [], postal: [], birthday: '', website: '', photo: null, groupIds: [] },
  addresses: [{ address: '', kind: '' }],
};
const emptyPostal = { street: '', city: '', region: '', code: '', country: '', kind: '' } as const;
const kinds = ['', 'home', 'work'] as const;
const phoneKinds = ['', 'mobile', 'home', 'work', 'fax'] as const;

export function ContactForm({
  contact,
  groups,
  onDone,
  onCancel,
}: {
  /** Null for a new one */
  contact: Contact | null;
  groups: readonly GroupRow[];
  onDone: (contact: Contact) => void;
  onCancel: () => void;
}) {
  const t = useTranslations('contacts');
  const [draft, setDraft] = useState<Draft>(contact ?? empty);
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState<{ text: string; field: string | null } | null>(null);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));

  const save = async () => {
    setIsSaving(true);
    setError(null);
    const { groupIds, ...fields } = draft;
    try {
      const answer = contact
        ? await patchJson<{ contact: Contact }>(contactsPath, { id: contact.id, contact: fields })
        : await postJson<{ contact: Contact }>(contactsPath, { contact: fields, groupIds });
      onDone(answer.contact);
    } catch (failure) {
      const field = failure instanceof RequestError ? failure.field : null;
      setError({ text: errorText(failure), field });
      setIsSaving(false);
    }
  };
  const errorOf = (field: string) => (error?.field === field ? error.text : undefined);
  const text = (key: 'nickname' | 'organization' | 'firstName' | 'lastName', label: string) => (
    <Field label={label}>
      <Input value={draft[key]} maxLength={200} onChange={(e) => set({ [key]: e.target.value })} />
    </Field>
  );

  return (
    <form
      aria-label={contact ? t('form.edit') : t('form.new')}
      className="mx-auto flex w-full max-w-2xl flex-col gap-5 px-4 pb-6 lg:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className="sticky top-0 z-10 -mx-4 flex items-center gap-2 border-b bg-surface px-4 py-2 lg:-mx-6 lg:px-6">
        <h2 className="me-auto truncate text-xl font-semibold">
          {contact ? t('form.edit') : t('form.new')}
        </h2>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button type="submit" variant="primary" isPending={isSaving}>
          {t('save')}
        </Button>
      </div>
      {error && !['name', 'addresses', 'photo'].includes(error.field ?? '') && (
        <FieldError>{error.text}</FieldError>
      )}
      <Field label={t('form.name')} help={t('form.nameHelp')} error={errorOf('name')}>
        <Input
          value={draft.name}
          maxLength={200}
          autoFocus
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {text('firstName', t('form.firstName'))}
        {text('lastName', t('form.lastName'))}
        {text('nickname', t('form.nickname'))}
        {text('organization', t('form.organization'))}
        <Field label={t('form.jobTitle')}>
          <Input
            value={draft.title}
            maxLength={200}
            onChange={(event) => set({ title: event.target.value })}
          />
        </Field>
      </div>
      <Lines
        label={t('form.addresses')}
        addLabel={t('form.addAddress')}
        items={draft.addresses}
        blank={{ address: '', kind: '' as const }}
        onChange={(addresses) => set({ addresses })}
        error={errorOf('addresses')}
      >
        {(item, change, i) => (
          <>
            <Input
              aria-label={`${t('form.address')} ${i + 1}`}
              type="email"
              dir="ltr"
              value={item.address}
              maxLength={320}
              autoCapitalize="off"
              onChange={(event) => change({ address: event.target.value })}
            />
            <KindSelect kinds={kinds} value={item.kind} onChange={(kind) => change({ kind })} />
          </>
        )}
      </Lines>
      <Lines
        label={t('form.phones')}
        addLabel={t('form.addPhone')}
        items={draft.phones}
        blank={{ number: '', kind: 'mobile' as const }}
        onChange={(phones) => set({ phones })}
      >
        {(item, change, i) => (
          <>
            <Input
              aria-label={`${t('form.phone')} ${i + 1}`}
              type="tel"
              dir="ltr"
              value={item.number}
              maxLength={60}
              onChange={(event) => change({ number: event.target.value })}
            />
            <KindSelect
              kinds={phoneKinds}
              value={item.kind}
              onChange={(kind) => change({ kind })}
            />
          </>
        )}
      </Lines>
      <Lines
        label={t('form.postal')}
        addLabel={t('form.addPostal')}
        items={draft.postal}
        blank={{ ...emptyPostal }}
        onChange={(postal) => set({ postal })}
      >
        {(item, change, i) => (
          <div className="grid flex-1 gap-2 sm:grid-cols-2">
            {(['street', 'city', 'code', 'region', 'country'] as const).map((part) => (
              <Input
                key={part}
                aria-label={`${t(`form.${part}`)} ${i + 1}`}
                placeholder={t(`form.${part}`)}
                value={item[part]}
                maxLength={200}
                onChange={(event) => change({ [part]: event.target.value })}
              />
            ))}
            <KindSelect kinds={kinds} value={item.kind} onChange={(kind) => change({ kind })} />
          </div>
        )}
      </Lines>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('form.birthday')}>
          <Input
            type="date"
            value={draft.birthday.startsWith('--') ? '' : draft.birthday}
            onChange={(event) => set({ birthday: event.target.value })}
          />
        </Field>
        <Field label={t('form.website')}>
          <Input
            dir="ltr"
            value={draft.website}
            maxLength={500}
            onChange={(event) => set({ website: event.target.value })}
          />
        </Field>
      </div>
      <Field label={t('form.note')}>
        <Textarea
          value={draft.note}
          maxLength={10_000}
          onChange={(event) => set({ note: event.target.value })}
        />
      </Field>
      <PhotoField
        photo={draft.photo}
        error={errorOf('photo')}
        onChange={(photo) => set({ photo })}
      />
      {!contact && groups.length > 0 && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-sm font-medium">{t('form.groups')}</legend>
          {groups.map(({ id, name }) => (
            <Checkbox
              key={id}
              label={name}
              checked={draft.groupIds.includes(id)}
              onChange={(event) =>
                set({
                  groupIds: event.target.checked
                    ? [...draft.groupIds, id]
                    : draft.groupIds.filter((each) => each !== id),
                })
              }
            />
          ))}
        </fieldset>
      )}
    </form>
  );
}

function KindSelect<K extends string>({
  kinds: choices,
  value,
  onChange,
}: {
  kinds: readonly K[];
  value: K;
  onChange: (kind: K) => void;
}) {
  const t = useTranslations('contacts.form');
  return (
    <Select
      aria-label={t('kind')}
      className="w-32 shrink-0"
      value={value}
      onChange={(event) => onChange(event.target.value as K)}
    >
      {choices.map((kind) => (
        <option key={kind} value={kind}>
          {t(`kinds.${(kind || 'none') as 'none'}`)}
        </option>
      ))}
    </Select>
  );
}

function Lines<T extends object>({
  label,
  addLabel,
  items,
  blank,
  error,
  onChange,
  children,
}: {
  label: string;
  addLabel: string;
  items: T[];
  blank: T;
  error?: string;
  onChange: (items: T[]) => void;
  children: (item: T, change: (change: Partial<T>) => void, index: number) => ReactNode;
}) {
  const t = useTranslations('contacts.form');
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else that stays while one types
        <div key={i} className="flex items-start gap-2">
          {children(
            item,
            (change) =>
              onChange(items.map((each, at) => (at === i ? { ...each, ...change } : each))),
            i,
          )}
          <IconButton
            label={`${t('remove')}: ${label} ${i + 1}`}
            icon={<X />}
            onClick={() => onChange(items.filter((_, at) => at !== i))}
          />
        </div>
      ))}
      <FieldError>{error}</FieldError>
      <span>
        <Button
          size="sm"
          icon={<Plus className="size-3.5" />}
          onClick={() => onChange([...items, { ...blank }])}
        >
          {addLabel}
        </Button>
      </span>
    </fieldset>
  );
}

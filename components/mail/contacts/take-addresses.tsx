// The people of one message, to be taken into the address book together, into a group if one likes.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { Select } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, getJson, postJson } from '../state/request.ts';
import { contactsPath, type GroupRow, type ListAnswer } from './contact-data.ts';

type Person = { name: string; address: string };

export function TakeAddresses({
  people,
  onClose,
}: {
  people: readonly Person[];
  onClose: () => void;
}) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const listed = [...new Map(people.map((each) => [each.address.toLowerCase(), each])).values()];
  const [chosen, setChosen] = useState(() => new Set(listed.map(({ address }) => address)));
  const [groups, setGroups] = useState<GroupRow[]>([]);
  const [groupId, setGroupId] = useState('');
  const [error, setError] = useState('');
  useEffect(() => {
    getJson<ListAnswer>(contactsPath, { count: 0 }).then(
      (answer) => setGroups(answer.groups),
      () => {},
    );
  }, []);
  const take = async () => {
    try {
      const wanted = listed.filter(({ address }) => chosen.has(address));
      const { added } = await postJson<{ added: number }>(contactsPath, {
        people: wanted.map(({ name, address }) => ({ name, address })),
        ...(groupId ? { groupId } : {}),
      });
      toast.show({ text: t('done.taken', { count: added }) });
      onClose();
    } catch (failure) {
      setError(errorText(failure));
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('take.title')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button variant="primary" disabled={chosen.size === 0} onClick={() => void take()}>
            {t('take.start')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 text-muted">{t('take.text')}</legend>
          {listed.map(({ name, address }) => (
            <Checkbox
              key={address}
              label={name || address}
              help={name ? address : undefined}
              checked={chosen.has(address)}
              onChange={(event) => {
                const next = new Set(chosen);
                if (event.target.checked) next.add(address);
                else next.delete(address);
                setChosen(next);
              }}
            />
          ))}
        </fieldset>
        {groups.length > 0 && (
          <Field label={t('take.group')}>
            <Select value={groupId} onChange={(event) => setGroupId(event.target.value)}>
              <option value="">{t('take.noGroup')}</option>
              {groups.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
        )}
        <FieldError>{error}</FieldError>
      </div>
    </Dialog>
  );
}

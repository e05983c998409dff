// Contacts that seem to be one person, offered to be made one.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, getJson, postJson } from '../state/request.ts';
import { type Contact, contactsPath } from './contact-data.ts';

type Entry = { id: string; name: string; addresses: string[] };
const path = `${contactsPath}/duplicates`;

export function DuplicatesDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const [sets, setSets] = useState<Entry[][] | null>(null);
  const [error, setError] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  useEffect(() => {
    getJson<{ sets: Entry[][] }>(path).then(
      (answer) => setSets(answer.sets),
      (failure) => setError(errorText(failure)),
    );
  }, []);
  const merge = async (wanted: Entry[][]) => {
    setIsBusy(true);
    try {
      for (const set of wanted) {
        const ids = set.map(({ id }) => id);
        const { contact } = await postJson<{ contact: Contact }>(path, { merge: ids });
        setSets((before) => before?.filter((each) => each !== set) ?? null);
        toast.show({ text: t('done.merged', { name: contact.name }) });
      }
    } catch (failure) {
      setError(errorText(failure));
    }
    setIsBusy(false);
    onDone();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('duplicates.title')}
      footer={
        <>
          <Button onClick={onClose}>{t('close')}</Button>
          {sets && sets.length > 1 && (
            <Button variant="primary" isPending={isBusy} onClick={() => void merge(sets)}>
              {t('duplicates.mergeAll')}
            </Button>
          )}
        </>
      }
    >
      <FieldError>{error}</FieldError>
      {!sets && !error && <Spinner />}
      {sets?.length === 0 && <p role="status">{t('duplicates.none')}</p>}
      {sets && sets.length > 0 && (
        <>
          <p className="mb-3 text-muted">{t('duplicates.text')}</p>
          <ul className="flex flex-col gap-3">
            {sets.map((set) => (
              <li key={set[0]?.id} className="flex items-start gap-3 rounded-md border p-3">
                <ul className="min-w-0 flex-1">
                  {set.map(({ id, name, addresses }) => (
                    <li key={id} className="truncate">
                      <span className="font-medium">{name}</span>{' '}
                      <span className="text-sm text-muted">{addresses.join(', ')}</span>
                    </li>
                  ))}
                </ul>
                <Button
                  size="sm"
                  disabled={isBusy}
                  aria-label={`${t('duplicates.merge')}: ${set[0]?.name}`}
                  onClick={() => void merge([set])}
                >
                  {t('duplicates.merge')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

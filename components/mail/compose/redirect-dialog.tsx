// Sending a message on unchanged: asks for recipients alone.
'use client';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { FieldError } from '#components/ui/field.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { Owner } from '../owner.ts';
import { errorText, postJson } from '../state/request.ts';
import { addPeople, RecipientField } from './recipient-field.tsx';

const AddressBook = dynamic(() => import('./address-book.tsx').then((file) => file.AddressBook));

export function RedirectDialog({
  folder,
  uid,
  owner,
  onClose,
  onDone,
}: {
  folder: string;
  uid: number;
  owner: Owner;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useTranslations('compose');
  const toast = useToast();
  const [to, setTo] = useState<Person[]>([]);
  const [error, setError] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [isBookOpen, setIsBookOpen] = useState(false);
  const submit = async () => {
    if (to.length === 0) return setError(t('problem.noRecipient'));
    setIsPending(true);
    try {
      await postJson('/api/mail/redirect', { folder, uid, from: owner.address, to });
      toast.show({ text: t('redirect.done') });
      onDone();
      onClose();
    } catch (reason) {
      setError(errorText(reason));
    } finally {
      setIsPending(false);
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('redirect.title')}
      footer={
        <Button variant="primary" isPending={isPending} onClick={() => void submit()}>
          {t('redirect.submit')}
        </Button>
      }
    >
      <p className="mb-3 text-muted">{t('redirect.help')}</p>
      {/* Room for the suggestions, which a dialog would cut off. */}
      <div className="min-h-48">
        <RecipientField
          kind="to"
          people={to}
          onChange={setTo}
          onBook={() => setIsBookOpen(true)}
          hasFocus
          isWrong={error !== ''}
        />
        <FieldError>{error}</FieldError>
      </div>
      {isBookOpen && (
        <AddressBook
          kinds={['to']}
          first="to"
          onAdd={(_kind, people) => setTo(addPeople(to, people))}
          onClose={() => setIsBookOpen(false)}
        />
      )}
    </Dialog>
  );
}

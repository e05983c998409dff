// Contacts that came as a vCard: what they say, and the way into the address book.
'use client';
import { UserPlus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Button } from '#components/ui/button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { ContactFields } from '#lib/contacts/contact-fields.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { errorText, getJson, postJson } from '../state/request.ts';

type Cards = { contacts: ContactFields[]; total: number };

export function ContactCards({ message }: { message: MessageView }) {
  return message.attachments
    .filter(({ type }) => /^text\/(?:x-)?vcard$/.test(type))
    .slice(0, 5)
    .map(({ part }) => <ContactCard key={part} message={message} part={part} />);
}

function ContactCard({ message, part }: { message: MessageView; part: string }) {
  const t = useTranslations('reader.card');
  const [cards, setCards] = useState<Cards | null>(null);
  const [isBroken, setIsBroken] = useState(false);
  const { folder, uid } = message;
  useEffect(() => {
    const ending = new AbortController();
    getJson<Cards>('/api/mail/cards', { folder, uid, part }, ending.signal)
      .then(setCards)
      .catch(() => !ending.signal.aborted && setIsBroken(true));
    return () => ending.abort();
  }, [folder, uid, part]);
  if (isBroken || cards?.contacts.length === 0) {
    return <p className="mx-4 mb-2 text-sm text-muted md:mx-6">{t('unreadable')}</p>;
  }
  if (!cards) return null;
  const shown = cards.contacts.slice(0, 5);
  return (
    <section
      aria-label={t('title')}
      className="mx-4 mb-3 flex shrink-0 flex-col gap-2 rounded-md border px-3 py-2 md:mx-6 print:hidden"
    >
      {shown.map((fields, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cards that never change
        <Card key={index} fields={fields} />
      ))}
      {cards.total > shown.length && (
        <p className="text-sm text-muted">{t('more', { count: cards.total - shown.length })}</p>
      )}
    </section>
  );
}

function Card({ fields }: { fields: ContactFields }) {
  const t = useTranslations('reader.card');
  const toast = useToast();
  const [isAdded, setIsAdded] = useState(false);
  const address = fields.addresses[0]?.address ?? '';
  const facts = [
    fields.organization,
    ...fields.addresses.map((each) => each.address),
    ...fields.phones.map(({ number }) => number),
  ].filter((fact) => fact !== '');
  const add = () => {
    setIsAdded(true);
    postJson('/api/mail/contacts', { contact: fields })
      .then(() => toast.show({ text: t('added') }))
      .catch((error: unknown) => {
        setIsAdded(false);
        toast.show({ kind: 'error', text: errorText(error) });
      });
  };
  return (
    <div className="flex items-center gap-3">
      <Avatar name={fields.name} address={address || fields.name || '?'} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" dir="auto">
          {fields.name || address}
        </p>
        <p className="truncate text-sm text-muted" dir="auto">
          {facts.join(' · ')}
        </p>
      </div>
      <Button size="sm" disabled={isAdded} onClick={add}>
        <UserPlus aria-hidden className="size-4" />
        {t('add')}
      </Button>
    </div>
  );
}

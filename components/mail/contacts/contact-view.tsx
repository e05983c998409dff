// One contact, to read: everything in it is text of somebody else and shown as text.
'use client';
import { Copy, Download, Pencil, PenLine, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button, ButtonLink } from '#components/ui/button.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { type Contact, contactsPath, type GroupRow, hrefToWrite } from './contact-data.ts';
import { useBirthday } from './use-birthday.ts';

export function ContactView({
  contact,
  groups,
  onEdit,
  onDelete,
}: {
  contact: Contact;
  groups: readonly GroupRow[];
  onEdit: () => void;
  onDelete: () => void;
}) {
  const t = useTranslations('contacts');
  const toast = useToast();
  const kindText = (kind: string) => (kind === '' ? '' : t(`form.kinds.${kind as 'home'}`));
  const birthday = useBirthday(contact.birthday);
  const copy = async (address: string) => {
    await navigator.clipboard?.writeText(address);
    toast.show({ text: t('done.copied') });
  };
  const own = groups.filter(({ id }) => contact.groupIds.includes(id));
  const full = [contact.firstName, contact.lastName].filter(Boolean).join(' ');
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-6 p-4 lg:p-6">
      <div className="flex items-start gap-4">
        {contact.photo ? (
          // biome-ignore lint/performance/noImgElement: a small image of our own route
          <img
            src={`${contactsPath}/photo?id=${encodeURIComponent(contact.id)}`}
            alt=""
            className="size-20 rounded-full object-cover"
          />
        ) : (
          <Avatar
            name={contact.name}
            address={contact.addresses[0]?.address ?? contact.name}
            size="lg"
          />
        )}
        <div className="min-w-0 flex-1">
          <h2 className="text-xl font-semibold break-words">{contact.name}</h2>
          {full !== '' && full !== contact.name && <p className="text-muted">{full}</p>}
          {contact.nickname && <p className="text-muted">“{contact.nickname}”</p>}
          <p className="text-muted">
            {[contact.title, contact.organization].filter(Boolean).join(', ')}
          </p>
          {own.length > 0 && (
            <p className="mt-1.5 flex flex-wrap gap-1.5">
              {own.map(({ id, name }) => (
                <Badge key={id}>{name}</Badge>
              ))}
            </p>
          )}
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {contact.addresses[0] && (
          <ButtonLink
            variant="primary"
            icon={<PenLine className="size-4" />}
            href={hrefToWrite([contact.addresses[0].address])}
          >
            {t('actions.write')}
          </ButtonLink>
        )}
        <Button icon={<Pencil className="size-4" />} onClick={onEdit}>
          {t('actions.edit')}
        </Button>
        <a
          href={`${contactsPath}/export?id=${encodeURIComponent(contact.id)}`}
          download
          className="inline-flex h-8 items-center gap-1.5 rounded-md border px-3 font-medium hover:bg-hover pointer-coarse:h-11"
        >
          <Download aria-hidden className="size-4" />
          {t('actions.card')}
        </a>
        <Button variant="danger-ghost" icon={<Trash2 className="size-4" />} onClick={onDelete}>
          {t('actions.delete')}
        </Button>
      </div>
      <dl className="flex flex-col gap-4">
        {contact.addresses.length > 0 && (
          <Fact label={t('form.addresses')}>
            {contact.addresses.map(({ address, kind }) => (
              <span key={address} className="flex flex-wrap items-center gap-2">
                <a
                  className="text-accent-text break-all hover:underline"
                  href={hrefToWrite([address])}
                >
                  {address}
                </a>
                {kind && <span className="text-sm text-muted">{kindText(kind)}</span>}
                <IconButton
                  size="sm"
                  label={`${t('actions.copy')}: ${address}`}
                  icon={<Copy />}
                  onClick={() => void copy(address)}
                />
              </span>
            ))}
          </Fact>
        )}
        {contact.phones.length > 0 && (
          <Fact label={t('form.phones')}>
            {contact.phones.map(({ number, kind }) => (
              <span key={`${kind} ${number}`} className="flex gap-2">
                <a
                  className="text-accent-text hover:underline"
                  href={`tel:${number.replace(/[^\d+*#]/g, '')}`}
                >
                  <bdi dir="ltr">{number}</bdi>
                </a>
                {kind && <span className="text-sm text-muted">{kindText(kind)}</span>}
              </span>
            ))}
          </Fact>
        )}
        {contact.postal.length > 0 && (
          <Fact label={t('form.postal')}>
            {contact.postal.map((postal, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change while it is shown
              <span key={i} className="whitespace-pre-line">
                {[
                  postal.street,
                  [postal.code, postal.city].filter(Boolean).join(' '),
                  postal.region,
                  postal.country,
                ]
                  .filter(Boolean)
                  .join('\n')}
              </span>
            ))}
          </Fact>
        )}
        {birthday && <Fact label={t('form.birthday')}>{birthday}</Fact>}
        {contact.website && (
          <Fact label={t('form.website')}>
            <a
              className="text-accent-text break-all hover:underline"
              href={contact.website}
              target="_blank"
              rel="noopener noreferrer nofollow"
            >
              {contact.website}
            </a>
          </Fact>
        )}
        {contact.note && (
          <Fact label={t('form.note')}>
            <span className="break-words whitespace-pre-wrap">{contact.note}</span>
          </Fact>
        )}
      </dl>
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 flex flex-col gap-1">{children}</dd>
    </div>
  );
}

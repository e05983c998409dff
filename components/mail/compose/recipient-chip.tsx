// One recipient: its name, the whole address as a hint, and a mark where the address is wrong or looks odd.
'use client';
import { TriangleAlert, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { joinClasses } from '#components/ui/class-names.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import { fullName, looksLikeAddress } from '../people.ts';
import { findOddDomain } from './odd-domain.ts';
import { chipType, type RecipientKind } from './recipient-kind.ts';

export function RecipientChip({
  person,
  kind,
  onEdit,
  onRemove,
}: {
  person: Person;
  kind: RecipientKind;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const t = useTranslations('compose.field');
  const name = person.name || person.address;
  const isAddress = looksLikeAddress(person.address);
  const odd = isAddress ? findOddDomain(person.address) : null;
  const warning = !isAddress
    ? t('notAddress')
    : odd?.kind === 'typo'
      ? t('oddDomain.typo', { domain: odd.domain })
      : odd
        ? t(`oddDomain.${odd.kind}`)
        : '';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is for the mouse; keys edit and remove
    <span
      title={warning ? `${fullName(person)} — ${warning}` : fullName(person)}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(chipType, JSON.stringify({ person, from: kind }));
        event.dataTransfer.setData('text/plain', fullName(person));
        event.dataTransfer.effectAllowed = 'move';
      }}
      className={joinClasses(
        'flex h-6.5 max-w-full items-center gap-1 rounded-full py-0.5 ps-2.5 pe-1 text-sm pointer-coarse:h-9',
        !isAddress
          ? 'bg-danger-soft text-danger-text'
          : odd
            ? 'bg-warn-soft text-warn-text'
            : 'bg-pressed',
      )}
    >
      {warning && <TriangleAlert aria-hidden className="size-3.5 shrink-0" />}
      <button
        type="button"
        dir="auto"
        tabIndex={-1}
        aria-label={t('edit', { name })}
        aria-description={warning || undefined}
        onDoubleClick={onEdit}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          onEdit();
        }}
        className="min-w-0 truncate rounded-sm"
      >
        {name}
      </button>
      <button
        type="button"
        aria-label={t('remove', { name })}
        onClick={onRemove}
        className="rounded-full p-0.5 hover:bg-line-strong hover:text-ink pointer-coarse:p-2"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}

// Sender, recipients and subject.
'use client';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Signature } from '#lib/mail/signature.ts';
import type { Identity } from '#lib/webmail/compose/identities.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { Owner } from '../owner.ts';
import { addPeople, RecipientField } from './recipient-field.tsx';
import type { RecipientKind } from './recipient-kind.ts';
import { type ComposeSetup, findIdentity, signatureOf } from './setup.ts';
import type { ComposerModel } from './use-composer.ts';

const AddressBook = dynamic(() => import('./address-book.tsx').then((file) => file.AddressBook));

export function ComposerFields({
  composer,
  owner,
  setup,
  hasCopies,
  setHasCopies,
  hasFocus,
  onIdentity,
}: {
  composer: ComposerModel;
  owner: Owner;
  setup: ComposeSetup;
  hasCopies: boolean;
  setHasCopies: (hasCopies: boolean) => void;
  hasFocus: boolean;
  /** The signature before and after a change of identity */
  onIdentity: (signature: { before: Signature; after: Signature }) => void;
}) {
  const t = useTranslations('compose.field');
  const { form, change, wrongField } = composer;
  const [bookOf, setBookOf] = useState<RecipientKind | null>(null);
  const current = findIdentity(setup.identities, form.identity, form.from);
  // A detail or wildcard of one's own is no identity: it stands as a choice of its own.
  const isListed = current !== undefined && current.address === form.from;
  const choose = (value: string) => {
    const next = setup.identities.find((each) => keyOf(each) === value);
    if (!next) return;
    onIdentity({ before: signatureOf(current), after: signatureOf(next) });
    change({
      identity: next.id,
      from: next.address,
      bcc: swapPerson(form.bcc, current?.bcc ?? '', next.bcc),
      replyTo: swapPerson(form.replyTo, current?.replyTo ?? '', next.replyTo),
    });
    if (next.bcc) setHasCopies(true);
  };
  /** A chip from another field. */
  const take = (kind: RecipientKind) => (person: Person, from: RecipientKind) => {
    const isSame = (each: Person) => each.address === person.address;
    change({
      [from]: form[from].filter((each) => !isSame(each)),
      [kind]: [...form[kind].filter((each) => !isSame(each)), person],
    });
  };
  const field = (kind: RecipientKind) => ({
    kind,
    people: form[kind],
    onChange: (people: Person[]) => change({ [kind]: people }),
    onTake: take(kind),
    onBook: () => setBookOf(kind),
    isWrong: wrongField === kind,
  });
  const add = (kind: RecipientKind, people: Person[]) => {
    change({ [kind]: addPeople(form[kind], people) });
    if (kind === 'cc' || kind === 'bcc') setHasCopies(true);
  };
  return (
    <div className="shrink-0 px-4">
      {(setup.identities.length > 1 || !isListed) && (
        <label className="flex items-center gap-3 border-b py-1.5">
          <span className="min-w-12 shrink-0 text-sm text-faint">{t('from')}</span>
          <select
            value={isListed ? keyOf(current) : ''}
            onChange={(event) => choose(event.target.value)}
            className="min-w-0 flex-1 bg-transparent py-1 outline-none focus-visible:outline-2 focus-visible:outline-accent pointer-coarse:h-9"
          >
            {!isListed && (
              <option value="" className="bg-surface">
                {shown(current?.name ?? owner.name, form.from)}
              </option>
            )}
            {setup.identities.map((each) => (
              <option key={keyOf(each)} value={keyOf(each)} className="bg-surface">
                {shown(each.name, each.address)}
              </option>
            ))}
          </select>
        </label>
      )}
      <RecipientField
        {...field('to')}
        hasFocus={hasFocus}
        end={
          !hasCopies && (
            <button
              type="button"
              onClick={() => setHasCopies(true)}
              className="rounded-sm px-1 text-sm text-muted hover:text-ink"
            >
              {t('copies')}
            </button>
          )
        }
      />
      {hasCopies && (
        <>
          <RecipientField {...field('cc')} />
          <RecipientField {...field('bcc')} />
        </>
      )}
      {(composer.hasReplyTo || form.replyTo.length > 0) && <RecipientField {...field('replyTo')} />}
      <label className="flex items-center gap-3 border-b">
        <span className="min-w-12 shrink-0 text-sm text-faint">{t('subject')}</span>
        <input
          value={form.subject}
          maxLength={1000}
          autoComplete="off"
          dir="auto"
          lang={composer.language}
          spellCheck={composer.isSpellChecked}
          onChange={(event) => change({ subject: event.target.value })}
          className="h-9 min-w-0 flex-1 bg-transparent outline-none rtl:text-right pointer-coarse:h-11 pointer-coarse:text-lg"
        />
      </label>
      {bookOf && (
        <AddressBook
          kinds={bookOf === 'replyTo' ? ['replyTo'] : ['to', 'cc', 'bcc']}
          first={bookOf}
          onAdd={add}
          onClose={() => setBookOf(null)}
        />
      )}
    </div>
  );
}

function keyOf({ id, address }: Identity): string {
  return `${id} ${address}`;
}

function shown(name: string, address: string): string {
  return name ? `${name} <${address}>` : address;
}

/** The list with what one identity brings along exchanged for what the other does. */
function swapPerson(people: Person[], before: string, after: string): Person[] {
  const rest = people.filter(({ address }) => address !== before || before === '');
  return after === '' || rest.some(({ address }) => address === after)
    ? rest
    : [...rest, { name: '', address: after }];
}

// Who may do what with a folder (RFC 4314): added, changed and taken away one by one, at once.
'use client';
import { Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, FieldError } from '#components/ui/field.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import type { Candidate, Grant, ShareLevel } from '#lib/webmail/folders/acl.ts';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { errorText, getJson, postJson } from '../state/request.ts';

const levels: readonly ShareLevel[] = ['read', 'write', 'all'];

/** The step that letters come to; null for others that a mail program has granted. */
function levelOf(rights: string): ShareLevel | null {
  const has = (wanted: string) => [...wanted].every((letter) => rights.includes(letter));
  if (has('lrswipkxtea')) return 'all';
  if (has('lrswipkxte')) return 'write';
  return [...rights].every((letter) => 'lrs'.includes(letter)) && has('lr') ? 'read' : null;
}

export function ShareDialog({
  folder,
  name,
  onClose,
}: {
  folder: Folder;
  name: string;
  onClose: () => void;
}) {
  const t = useTranslations('folders');
  const listId = useId();
  const [grants, setGrants] = useState<Grant[] | null>(null);
  const [who, setWho] = useState('');
  const [level, setLevel] = useState<ShareLevel>('read');
  const [people, setPeople] = useState<Candidate[]>([]);
  const [error, setError] = useState('');
  useEffect(() => {
    getJson<{ grants: Grant[] }>('/api/mail/grants', { folder: folder.path }).then(
      (answer) => setGrants(answer.grants),
      (problem: unknown) => setError(errorText(problem)),
    );
  }, [folder.path]);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      getJson<{ people: Candidate[] }>('/api/mail/grants', { q: who }, abort.signal).then(
        (answer) => setPeople(answer.people),
        () => {},
      );
    }, 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [who]);
  const grant = async (to: string, wanted: ShareLevel | null) => {
    setError('');
    try {
      const body = { folder: folder.path, who: to, level: wanted };
      const answer = await postJson<{ grants: Grant[] }>('/api/mail/grants', body);
      setGrants(answer.grants);
      return true;
    } catch (problem) {
      setError(errorText(problem));
      return false;
    }
  };
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (who.trim() !== '' && (await grant(who.trim(), level))) setWho('');
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('share.title', { folder: name })}
      footer={<Button onClick={onClose}>{t('share.done')}</Button>}
    >
      <p className="mb-3 text-sm text-muted">{t('share.help')}</p>
      {grants && grants.length === 0 && <p className="mb-3 text-muted">{t('share.nobody')}</p>}
      {grants && grants.length > 0 && (
        <ul aria-label={t('share.list')} className="mb-4 flex flex-col divide-y">
          {grants.map(({ who: address, rights }) => (
            <li key={address} className="flex items-center gap-2 py-1.5">
              <span className="min-w-0 flex-1 truncate" dir="auto">
                {address}
              </span>
              <Select
                aria-label={t('share.levelOf', { who: address })}
                className="w-40 shrink-0"
                value={levelOf(rights) ?? rights}
                onChange={(event) => void grant(address, event.target.value as ShareLevel)}
              >
                {levels.map((each) => (
                  <option key={each} value={each}>
                    {t(`share.levels.${each}`)}
                  </option>
                ))}
                {levelOf(rights) === null && <option value={rights}>{rights}</option>}
              </Select>
              <IconButton
                label={t('share.remove', { who: address })}
                icon={<Trash2 />}
                onClick={() => void grant(address, null)}
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={add} className="flex flex-wrap items-end gap-2">
        <Field label={t('share.who')} className="min-w-48 flex-1">
          <Input
            value={who}
            list={listId}
            maxLength={320}
            autoComplete="off"
            spellCheck={false}
            inputMode="email"
            onChange={(event) => setWho(event.target.value)}
          />
        </Field>
        <datalist id={listId}>
          {people.map((person) => (
            <option key={person.address} value={person.address}>
              {person.name}
            </option>
          ))}
        </datalist>
        <Field label={t('share.level')} className="w-40">
          <Select value={level} onChange={(event) => setLevel(event.target.value as ShareLevel)}>
            {levels.map((each) => (
              <option key={each} value={each}>
                {t(`share.levels.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Button type="submit" variant="primary">
          {t('share.add')}
        </Button>
      </form>
      <FieldError>{error}</FieldError>
    </Dialog>
  );
}

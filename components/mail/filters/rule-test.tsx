// Which of the newest messages of a folder a rule would fit, asked while it is edited.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/input.tsx';
import type { Tried } from '#lib/webmail/filter-folder.ts';
import { errorText, postJson } from '../state/request.ts';
import { usePathName } from '../state/use-folder-name.ts';
import { type DraftRule, ruleOf } from './draft.ts';

export function RuleTest({ draft, folders }: { draft: DraftRule; folders: readonly string[] }) {
  const nameOf = usePathName();
  const t = useTranslations('filters.editor');
  const [folder, setFolder] = useState('INBOX');
  const [tried, setTried] = useState<Tried | string | null>(null);
  const [isPending, setIsPending] = useState(false);
  const tryNow = async () => {
    setIsPending(true);
    const body = { rule: ruleOf(draft), folder };
    setTried(await postJson<Tried>('/api/mail/filters/try', body).catch(errorText));
    setIsPending(false);
  };
  return (
    <div className="flex flex-col gap-2 border-t pt-4">
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t('tryFolder')}>
          <Select
            className="w-56"
            value={folder}
            onChange={(event) => setFolder(event.target.value)}
          >
            {folders.map((path) => (
              <option key={path} value={path}>
                {nameOf(path)}
              </option>
            ))}
          </Select>
        </Field>
        <Button onClick={tryNow} isPending={isPending}>
          {t('try')}
        </Button>
      </div>
      <div role="status">
        {typeof tried === 'string' && <p className="text-danger-text">{tried}</p>}
        {tried !== null && typeof tried !== 'string' && (
          <>
            <p>{t('tried', { count: tried.count, looked: tried.looked })}</p>
            <ul className="mt-1 flex flex-col gap-0.5">
              {tried.fitting.map(({ uid, from, subject }) => (
                <li key={uid} className="truncate text-muted">
                  <bdi>{from}</bdi> · <bdi className="text-ink">{subject || t('noSubject')}</bdi>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

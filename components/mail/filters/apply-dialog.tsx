// "Apply to a folder": the page asks for one portion after the other, so that it can tell how far it is and stop.
'use client';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Select } from '#components/ui/input.tsx';
import type { Rule } from '#lib/filters/rule.ts';
import type { Applied } from '#lib/webmail/filter-folder.ts';
import { errorText, postJson } from '../state/request.ts';
import { usePathName } from '../state/use-folder-name.ts';

type State = { is: 'asking' | 'running' | 'done'; count: number; error: string };
const start: State = { is: 'asking', count: 0, error: '' };

export function ApplyDialog({
  rule,
  folders,
  onClose,
}: {
  rule: Rule;
  folders: readonly string[];
  onClose: () => void;
}) {
  const nameOf = usePathName();
  const t = useTranslations('filters.apply');
  const [folder, setFolder] = useState('INBOX');
  const [state, setState] = useState(start);
  const isStopped = useRef(false);
  const close = () => {
    isStopped.current = true;
    onClose();
  };
  const run = async () => {
    setState({ ...start, is: 'running' });
    let count = 0;
    try {
      for (let below: number | null = null; !isStopped.current; ) {
        const body = { id: rule.id, folder, below };
        const applied: Applied = await postJson<Applied>('/api/mail/filters/apply', body);
        count += applied.count;
        setState({ is: 'running', count, error: '' });
        below = applied.below;
        if (below === null) break;
      }
      setState({ is: 'done', count, error: '' });
    } catch (error) {
      setState({ is: 'done', count, error: errorText(error) });
    }
  };
  const { is, count, error } = state;
  return (
    <Dialog
      isOpen
      onClose={close}
      title={t('title', { name: rule.name })}
      footer={
        <>
          <Button onClick={close}>{is === 'running' ? t('stop') : t('close')}</Button>
          {is !== 'done' && (
            <Button variant="primary" onClick={run} isPending={is === 'running'}>
              {t('start')}
            </Button>
          )}
        </>
      }
    >
      <p className="mb-3">{t('text')}</p>
      <Field label={t('folder')}>
        <Select
          value={folder}
          disabled={is !== 'asking'}
          onChange={(event) => setFolder(event.target.value)}
        >
          {folders.map((path) => (
            <option key={path} value={path}>
              {nameOf(path)}
            </option>
          ))}
        </Select>
      </Field>
      <div role="status" className="mt-3">
        {is === 'running' && t('running', { count })}
        {is === 'done' && !error && t('done', { count })}
        {error && <span className="text-danger-text">{error}</span>}
      </div>
    </Dialog>
  );
}

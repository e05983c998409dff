// The page of canned texts.
'use client';
import { StickyNote } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input, Textarea } from '#components/ui/input.tsx';
import { toRichText } from '#lib/mail/rich-text.ts';
import type { Template } from '#lib/webmail/compose/templates.ts';
import { errorText, postJson } from '../../state/request.ts';
import { dropSetup } from '../setup.ts';

const empty: Template = { id: '', name: '', subject: '', text: '', html: '' };

export function TemplateOptions({ start }: { start: Template[] }) {
  const t = useTranslations('compose.template');
  const [all, setAll] = useState(start);
  const [editing, setEditing] = useState<Template | null>(null);
  const [removing, setRemoving] = useState<Template | null>(null);
  const [error, setError] = useState('');
  const post = async (body: object): Promise<string | undefined> => {
    try {
      const answer = await postJson<{ templates: Template[] }>('/api/mail/templates', body);
      setAll(answer.templates);
      dropSetup();
      return undefined;
    } catch (reason) {
      return errorText(reason);
    }
  };
  const save = async () => {
    if (!editing) return;
    const { id } = editing;
    const known = all.find((each) => each.id === id);
    // Who changes the words of a formatted text here writes it anew.
    const isSame = known?.text === editing.text;
    const html = known?.html ? (isSame ? known.html : toRichText(editing.text)) : '';
    const template = { ...editing, html };
    const refusal = await post(id ? { kind: 'change', id, template } : { kind: 'add', template });
    if (refusal) return setError(refusal);
    setEditing(null);
  };
  const open = (template: Template) => {
    setError('');
    setEditing(template);
  };
  const patch = (change: Partial<Template>) => editing && setEditing({ ...editing, ...change });
  return (
    <>
      <div className="mb-4">
        <Button variant="primary" onClick={() => open(empty)}>
          {t('add')}
        </Button>
      </div>
      {all.length === 0 && <EmptyState icon={<StickyNote />} title={t('empty')} />}
      <ul className="divide-y rounded-lg border bg-surface empty:border-0">
        {all.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-3 p-3">
            <div className="min-w-48 flex-1">
              <p className="font-medium" dir="auto">
                {each.name}
              </p>
              <p className="line-clamp-2 text-sm text-muted" dir="auto">
                {each.text}
              </p>
            </div>
            <Button size="sm" onClick={() => open(each)}>
              {t('change')}
            </Button>
            <Button size="sm" variant="danger-ghost" onClick={() => setRemoving(each)}>
              {t('delete')}
            </Button>
          </li>
        ))}
      </ul>
      <Dialog
        isOpen={editing !== null}
        onClose={() => setEditing(null)}
        title={t(editing?.id ? 'edit' : 'add')}
        footer={
          <>
            <Button onClick={() => setEditing(null)}>{t('cancel')}</Button>
            <Button variant="primary" onClick={() => void save()}>
              {t('saveAction')}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <Field label={t('name')} error={error}>
            <Input
              value={editing?.name ?? ''}
              maxLength={200}
              dir="auto"
              onChange={(event) => patch({ name: event.target.value })}
            />
          </Field>
          <Field label={t('subject')}>
            <Input
              value={editing?.subject ?? ''}
              maxLength={1000}
              dir="auto"
              onChange={(event) => patch({ subject: event.target.value })}
            />
          </Field>
          <Field label={t('text')}>
            <Textarea
              value={editing?.text ?? ''}
              rows={8}
              maxLength={200_000}
              dir="auto"
              onChange={(event) => patch({ text: event.target.value })}
            />
          </Field>
        </div>
      </Dialog>
      <ConfirmDialog
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('deleteTitle')}
        confirmLabel={t('delete')}
        onConfirm={() => post({ kind: 'remove', id: removing?.id })}
      >
        {removing?.name}
      </ConfirmDialog>
    </>
  );
}

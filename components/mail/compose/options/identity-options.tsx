// The page of identities: a list, and a dialog for one of them. Addresses without a stored identity stand there too, so that
// one click gives them a name and a signature.
'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Textarea } from '#components/ui/input.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Identity } from '#lib/webmail/compose/identities.ts';
import { errorText, postJson } from '../../state/request.ts';
import { dropSetup } from '../setup.ts';
import { IdentityDialog } from './identity-dialog.tsx';

const empty: Identity = {
  id: '',
  name: '',
  address: '',
  replyTo: '',
  bcc: '',
  organization: '',
  signature: '',
  signatureHtml: '',
};

export function IdentityOptions({ start }: { start: Identity[] }) {
  const t = useTranslations('compose.identity');
  const toast = useToast();
  const [all, setAll] = useState(start);
  const [editing, setEditing] = useState<Identity | null>(null);
  const [removing, setRemoving] = useState<Identity | null>(null);
  const [isImporting, setIsImporting] = useState(false);
  const [text, setText] = useState('');
  /** Throws what the server refuses. */
  const post = async (body: object): Promise<number> => {
    const answer = await postJson<{ identities: Identity[]; count: number }>(
      '/api/mail/identities',
      body,
    );
    setAll(answer.identities);
    dropSetup();
    return answer.count;
  };
  const act = (body: object) =>
    post(body).catch((error: unknown) => {
      toast.show({ kind: 'error', text: errorText(error) });
    });
  const stored = all.filter(({ id }) => id !== '');
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <Button variant="primary" onClick={() => setEditing(empty)}>
          {t('add')}
        </Button>
        <Button onClick={() => setIsImporting(true)}>{t('import')}</Button>
      </div>
      <ul className="divide-y rounded-lg border bg-surface">
        {all.map((each) => (
          <li key={`${each.id} ${each.address}`} className="flex flex-wrap items-center gap-3 p-3">
            <div className="min-w-48 flex-1">
              <p className="flex flex-wrap items-center gap-2 font-medium" dir="auto">
                {each.name || each.address}
                {each === all[0] && <Badge>{t('isFirst')}</Badge>}
              </p>
              <p className="truncate text-sm text-muted">{each.address}</p>
              {each.signature && (
                <p className="line-clamp-2 whitespace-pre-wrap text-sm text-faint" dir="auto">
                  {each.signature}
                </p>
              )}
            </div>
            <div className="flex flex-wrap gap-2">
              {stored.length > 1 && each.id !== '' && each !== all[0] && (
                <Button size="sm" onClick={() => void act({ kind: 'first', id: each.id })}>
                  {t('first')}
                </Button>
              )}
              <Button size="sm" onClick={() => setEditing(each)}>
                {t('change')}
              </Button>
              {each.id !== '' && (
                <Button size="sm" variant="danger-ghost" onClick={() => setRemoving(each)}>
                  {t('delete')}
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
      {editing && (
        <IdentityDialog
          start={editing}
          onClose={() => setEditing(null)}
          onSave={async (identity) => {
            const { id } = editing;
            await post(id ? { kind: 'change', id, identity } : { kind: 'add', identity });
          }}
        />
      )}
      <ConfirmDialog
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('deleteTitle')}
        confirmLabel={t('delete')}
        onConfirm={() => void act({ kind: 'remove', id: removing?.id })}
      >
        {t('deleteText')}
      </ConfirmDialog>
      <Dialog
        isOpen={isImporting}
        onClose={() => setIsImporting(false)}
        title={t('import')}
        footer={
          <Button
            variant="primary"
            onClick={async () => {
              const count = await act({ kind: 'import', text });
              if (count === undefined) return;
              setIsImporting(false);
              toast.show({ text: t('imported', { count: Number(count) }) });
            }}
          >
            {t('importAction')}
          </Button>
        }
      >
        <Field label={t('import')} help={t('importHelp')} isLabelHidden>
          <Textarea rows={8} value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
      </Dialog>
    </>
  );
}

// The page "Other accounts": mailboxes elsewhere whose mail is brought here, and how that goes.
'use client';
import { Download, Pencil, Plus, RefreshCw, Trash2 } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Banner } from '#components/ui/banner.tsx';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { Collection } from '#lib/collections/collection.ts';
import { deleteAt, errorText, getJson, patchJson, postJson } from '../state/request.ts';
import { type CollectionFields, CollectionForm } from './collection-form.tsx';

const path = '/api/mail/collections';
const pollMs = 1000;
/** What stands as the error while somebody is at it (lib/collections/collection.ts). */
const busyText = '…';

/** As it comes over the wire. */
export type Listed = Omit<Collection, 'lastAt' | 'nextAt'> & {
  lastAt: string | null;
  nextAt: string;
};
type Answer = { collections: Listed[] };

const isDue = ({ lastError, lastAt, nextAt, isDisabled }: Listed) =>
  !isDisabled &&
  (lastError === busyText || lastAt === null || Date.parse(nextAt) <= Date.now() + pollMs);

export function CollectionOptions({
  start,
  folders,
  isAllowed,
}: {
  start: Listed[];
  folders: readonly string[];
  isAllowed: boolean;
}) {
  const t = useTranslations('filters.collect');
  const toast = useToast();
  const [collections, setCollections] = useState(start);
  const [editing, setEditing] = useState<{ collection: Listed | null } | null>(null);
  const [removing, setRemoving] = useState<Listed | null>(null);
  const [polls, setPolls] = useState(0);

  // While something is under way; an account that cannot be reached is not looked at for ever.
  const isWaiting = isAllowed && polls < 60 && collections.some(isDue);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => {
      getJson<Answer>(path)
        .then((answer) => setCollections(answer.collections))
        .catch(() => undefined)
        .finally(() => setPolls(polls + 1));
    }, pollMs);
    return () => clearTimeout(timer);
  }, [isWaiting, polls]);

  const take = async (asked: Promise<unknown>, text: string) => {
    try {
      const { collections } = (await asked) as Answer;
      setCollections(collections);
      setPolls(0);
      toast.show({ text });
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };
  const save = async (collection: CollectionFields) => {
    const body = { collection, id: editing?.collection?.id ?? null };
    const answer = await postJson<Answer>(path, body);
    setCollections(answer.collections);
    setPolls(0);
    setEditing(null);
    toast.show({ text: t('saved') });
  };

  return (
    <div className="flex flex-col gap-4">
      {!isAllowed && <Banner tone="warn">{t('off')}</Banner>}
      {editing ? (
        <CollectionForm
          key={editing.collection?.id ?? 'new'}
          start={editing.collection}
          folders={folders}
          onSave={save}
          onCancel={() => setEditing(null)}
        />
      ) : (
        <div>
          <Button
            variant="primary"
            icon={<Plus aria-hidden className="size-4" />}
            disabled={!isAllowed}
            onClick={() => setEditing({ collection: null })}
          >
            {t('add')}
          </Button>
        </div>
      )}
      {collections.length === 0 && !editing && (
        <EmptyState icon={<Download />} title={t('none')}>
          {t('noneText')}
        </EmptyState>
      )}
      {collections.length > 0 && (
        <ul className="divide-y rounded-lg border">
          {collections.map((each) => (
            <li key={each.id} className="flex flex-wrap items-center gap-2 p-3">
              <div className="min-w-40 flex-1">
                <p className="truncate font-medium">
                  <bdi>{each.name}</bdi>
                </p>
                <p className="text-sm text-muted">
                  <bdi>
                    {each.protocol.toUpperCase()} · {each.host}:{each.port}
                  </bdi>
                </p>
                <LastLook collection={each} />
              </div>
              <IconButton
                label={t('nowNamed', { name: each.name })}
                icon={<RefreshCw />}
                disabled={!isAllowed || each.isDisabled}
                onClick={() => void take(patchJson(path, { id: each.id }), t('started'))}
              />
              <IconButton
                label={t('editNamed', { name: each.name })}
                icon={<Pencil />}
                onClick={() => setEditing({ collection: each })}
              />
              <IconButton
                label={`${t('remove')}: ${each.name}`}
                icon={<Trash2 />}
                onClick={() => setRemoving(each)}
              />
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('removeTitle', { name: removing?.name ?? '' })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={() => {
          if (!removing) return;
          void take(deleteAt(`${path}?id=${encodeURIComponent(removing.id)}`), t('removed'));
          setRemoving(null);
        }}
      >
        {t('removeText')}
      </ConfirmDialog>
    </div>
  );
}

function LastLook({ collection }: { collection: Listed }) {
  const t = useTranslations('filters.collect');
  const format = useFormatter();
  const { lastAt, lastError, lastCount } = collection;
  if (lastError === busyText) return <p className="text-sm text-muted">{t('busy')}</p>;
  if (lastAt === null) return <p className="text-sm text-muted">{t('waiting')}</p>;
  const when = format.dateTime(new Date(lastAt), { dateStyle: 'medium', timeStyle: 'short' });
  return lastError ? (
    <p className="text-sm text-danger-text">{t('failed', { when, error: lastError })}</p>
  ) : (
    <p className="text-sm text-muted">{t('last', { count: lastCount, when })}</p>
  );
}

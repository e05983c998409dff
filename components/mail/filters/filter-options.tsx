// The page "Filters and forwarding": the rules in their order, the editor, and the form for forwarding everything.
'use client';
import { ArrowDown, ArrowUp, FolderInput, Funnel, Pencil, Plus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/checkbox.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { NewRule, Rule } from '#lib/filters/rule.ts';
import { deleteAt, errorText, patchJson, postJson } from '../state/request.ts';
import { ApplyDialog } from './apply-dialog.tsx';
import { type DraftRule, draftFromHints, draftOf, readHints } from './draft.ts';
import { ForwardCard, isForwardAll } from './forward-card.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleSummary } from './rule-summary.tsx';

const path = '/api/mail/filters';
type Answer = { rules: Rule[] };
type Editing = { id: string | null; draft: DraftRule };

export function FilterOptions({
  start,
  folders,
  query,
}: {
  start: Rule[];
  folders: readonly string[];
  /** Of the page: what a rule made from a message begins with. */
  query: Record<string, string>;
}) {
  const t = useTranslations('filters.rules');
  const toast = useToast();
  const [rules, setRules] = useState(start);
  const [hints] = useState(() => readHints(query));
  const [editing, setEditing] = useState<Editing | null>(() => {
    const draft = draftFromHints(hints);
    return draft ? { id: null, draft } : null;
  });
  const [applying, setApplying] = useState<Rule | null>(null);
  const [removing, setRemoving] = useState<Rule | null>(null);
  const forwardAll = rules.find(isForwardAll) ?? null;

  const keep = async (rule: NewRule, id: string | null) => {
    setRules((await postJson<Answer>(path, { rule, id })).rules);
  };
  const save = async (rule: NewRule) => {
    await keep(rule, editing?.id ?? null);
    setEditing(null);
    toast.show({ text: t('saved') });
  };
  const change = async (body: object) => {
    try {
      setRules((await patchJson<Answer>(path, body)).rules);
    } catch (error) {
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };
  const remove = async (id: string) => {
    const answer = (await deleteAt(`${path}?id=${encodeURIComponent(id)}`)) as Answer;
    setRules(answer.rules);
  };
  const move = (index: number, by: number) => {
    const ids = rules.map(({ id }) => id);
    const [id] = ids.splice(index, 1);
    if (id) ids.splice(index + by, 0, id);
    void change({ order: ids });
  };

  return (
    <div className="flex flex-col gap-4">
      {editing ? (
        <RuleEditor
          key={editing.id ?? 'new'}
          start={editing.draft}
          hints={editing.id === null ? hints : {}}
          isNew={editing.id === null}
          folders={folders}
          onSave={save}
          onCancel={() => setEditing(null)}
        />
      ) : (
        <div>
          <Button
            variant="primary"
            icon={<Plus aria-hidden className="size-4" />}
            onClick={() => setEditing({ id: null, draft: draftOf(null, '') })}
          >
            {t('add')}
          </Button>
        </div>
      )}
      {rules.length === 0 && !editing && (
        <EmptyState icon={<Funnel />} title={t('none')}>
          {t('noneText')}
        </EmptyState>
      )}
      {rules.length > 0 && (
        <>
          <ol aria-label={t('list')} className="divide-y rounded-lg border">
            {rules.map((rule, index) => (
              <li key={rule.id} className="flex flex-wrap items-center gap-2 p-3">
                <Switch
                  aria-label={t('switch', { name: rule.name })}
                  checked={!rule.isDisabled}
                  onChange={(event) =>
                    void change({ id: rule.id, isDisabled: !event.target.checked })
                  }
                />
                <RuleSummary rule={rule} />
                <span className="ms-auto flex">
                  <IconButton
                    label={t('up', { name: rule.name })}
                    icon={<ArrowUp />}
                    disabled={index === 0}
                    onClick={() => move(index, -1)}
                  />
                  <IconButton
                    label={t('down', { name: rule.name })}
                    icon={<ArrowDown />}
                    disabled={index === rules.length - 1}
                    onClick={() => move(index, 1)}
                  />
                  <ApplyButton rule={rule} onClick={() => setApplying(rule)} />
                  <IconButton
                    label={t('editNamed', { name: rule.name })}
                    icon={<Pencil />}
                    onClick={() => setEditing({ id: rule.id, draft: draftOf(rule, '') })}
                  />
                  <IconButton
                    label={`${t('remove')}: ${rule.name}`}
                    icon={<Trash2 />}
                    onClick={() => setRemoving(rule)}
                  />
                </span>
              </li>
            ))}
          </ol>
          <p className="text-sm text-muted">{t('order')}</p>
        </>
      )}
      <ForwardCard
        key={forwardAll?.id ?? 'none'}
        rule={forwardAll}
        onSave={keep}
        onRemove={remove}
      />
      {applying && (
        <ApplyDialog rule={applying} folders={folders} onClose={() => setApplying(null)} />
      )}
      <ConfirmDialog
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('removeTitle', { name: removing?.name ?? '' })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={() => {
          if (!removing) return;
          remove(removing.id).then(
            () => toast.show({ text: t('removed') }),
            (error) => toast.show({ kind: 'error', text: errorText(error) }),
          );
          setRemoving(null);
        }}
      >
        {t('removeText')}
      </ConfirmDialog>
    </div>
  );
}

function ApplyButton({ rule, onClick }: { rule: Rule; onClick: () => void }) {
  const t = useTranslations('filters.apply');
  return (
    <IconButton label={t('named', { name: rule.name })} icon={<FolderInput />} onClick={onClick} />
  );
}

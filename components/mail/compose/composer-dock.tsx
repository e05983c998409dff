// The messages being written: windows at the lower edge, up to three; one fills the screen on a phone.
'use client';
import { useCallback, useMemo, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { ComposeForm } from '#lib/webmail/compose/prefill.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';
import type { Owner } from '../owner.ts';
import { errorText, postJson } from '../state/request.ts';
import type { ComposerStart, ComposeStart } from './compose-start.ts';
import { Composer } from './composer.tsx';

export type Composers = ReturnType<typeof useComposers>;

const most = 3;
let lastId = 0;

export function useComposers(owner: Owner) {
  const toast = useToast();
  const [all, setAll] = useState<{ id: number; start: ComposerStart | null; key: string }[]>([]);
  const close = useCallback(
    (id: number) => setAll((now) => now.filter((each) => each.id !== id)),
    [],
  );
  const open = useCallback(
    (begin: ComposeStart) => {
      const key = begin.mode === 'draft' ? `${begin.folder} ${begin.uid}` : '';
      if (key && all.some((each) => each.key === key)) return;
      if (all.length >= most) {
        toast.show({ kind: 'info', text: 'Finish one of the open messages first.' });
        return;
      }
      const id = ++lastId;
      const start = begin.mode === 'new' ? emptyStart(owner) : null;
      setAll((now) => [...now, { id, start, key }]);
      if (begin.mode === 'new') return;
      postJson<ComposeForm & { attachments: Upload[]; uid?: number }>('/api/mail/compose', begin)
        .then((form) => {
          const isDraft = begin.mode === 'draft';
          const filled: ComposerStart = {
            ...form,
            draftUid: isDraft ? (form.uid ?? null) : null,
            isAnswer: begin.mode === 'reply' || begin.mode === 'reply-all',
          };
          setAll((now) => now.map((each) => (each.id === id ? { ...each, start: filled } : each)));
        })
        .catch((error: unknown) => {
          close(id);
          toast.show({ kind: 'error', text: errorText(error) });
        });
    },
    [all, close, owner, toast],
  );
  return useMemo(() => ({ all, open, close }), [all, open, close]);
}

function emptyStart(owner: Owner): ComposerStart {
  return {
    from: owner.address,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    text: '',
    inReplyTo: '',
    references: [],
    origin: null,
    attachments: [],
    draftUid: null,
    isAnswer: false,
  };
}

export function ComposerDock({
  composers,
  owner,
  onDone,
}: {
  composers: Composers;
  owner: Owner;
  onDone: () => void;
}) {
  return (
    <div className="pointer-events-none fixed inset-0 z-40 flex items-end justify-end gap-3 md:inset-x-0 md:top-auto md:right-6 print:hidden">
      {composers.all.map(({ id, start }) => (
        <Composer
          key={id}
          start={start}
          owner={owner}
          onClose={() => composers.close(id)}
          onDone={onDone}
        />
      ))}
    </div>
  );
}

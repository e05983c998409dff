// A composer that is the whole page: a window of its own beside the mail. What it begins with stands in the URL.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { Owner } from '../owner.ts';
import { errorText, postJson } from '../state/request.ts';
import { usePageUndo } from '../state/use-undo.ts';
import { loadStart } from './begin-message.ts';
import type { ComposerStart, ComposeStart } from './compose-start.ts';
import { Composer } from './composer.tsx';
import { useComposers } from './use-composers.ts';

export function ComposePage({ owner }: { owner: Owner }) {
  const t = useTranslations('compose.page');
  const composers = useComposers(usePageUndo(owner.address));
  const [start, setStart] = useState<ComposerStart | null>(null);
  const [error, setError] = useState('');
  const [isDone, setIsDone] = useState(false);
  const isAsked = useRef(false);
  const [id] = useState(() => `page-${Math.random().toString(36).slice(2)}${Date.now()}`);
  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    loadStart(readStart(new URLSearchParams(window.location.search)))
      .then(setStart)
      .catch((reason: unknown) => setError(errorText(reason)));
  }, []);
  const taken = composers.all[0];
  const finish = () => {
    setIsDone(true);
    // A window that a script opened may close itself; a tab stays and says so.
    if (window.opener === null && window.history.length > 1) return;
    setTimeout(() => window.close(), 1500);
  };
  if (isDone && !taken) {
    return (
      <main className="flex h-dvh items-center justify-center bg-canvas">
        <EmptyState title={t('done')} icon={null} action={<a href="/mail">{t('toMail')}</a>} />
      </main>
    );
  }
  if (error) {
    return (
      <main className="flex h-dvh items-center justify-center bg-canvas">
        <EmptyState
          title={error}
          icon={null}
          action={<Button onClick={() => window.location.reload()}>↻</Button>}
        />
      </main>
    );
  }
  return (
    <main>
      <Composer
        key={taken?.id ?? id}
        id={taken?.id ?? id}
        // What was taken back goes on here.
        start={isDone ? (taken?.start ?? null) : start}
        owner={owner}
        isPage
        onClose={() => {
          if (taken) composers.close(taken.id);
          finish();
        }}
        onDone={(_isSent, toArchive) => {
          if (!toArchive) return;
          const { folder, uids } = toArchive;
          postJson('/api/mail/actions', { kind: 'move', folder, uids, role: 'archive' }).catch(
            (reason: unknown) => setError(errorText(reason)),
          );
        }}
        onSent={composers.tellSent}
      />
    </main>
  );
}

/** Anything odd begins a new message. */
function readStart(query: URLSearchParams): ComposeStart {
  const mode = query.get('mode');
  const folder = query.get('folder') ?? '';
  const uid = Number(query.get('uid'));
  const answers = ['reply', 'reply-all', 'reply-list', 'forward', 'draft', 'edit'] as const;
  const answer = answers.find((each) => each === mode);
  if (answer && uid > 0) return { mode: answer, folder, uid };
  if (mode === 'forward-attachment') {
    return { mode, folder, uids: (query.get('uids') ?? '').split(',').map(Number) };
  }
  const to = query.get('to');
  const mailto = query.get('mailto');
  return { mode: 'new', ...(to ? { to } : {}), ...(mailto ? { mailto } : {}) };
}

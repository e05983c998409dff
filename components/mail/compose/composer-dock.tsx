// The messages being written: windows at the lower edge, up to three; one fills the screen on a phone. It comes with the
// first wish to write, or where an earlier page left something unfinished; the windows come with the first message.
'use client';
import dynamic from 'next/dynamic';
import { useEffect, useRef, useState } from 'react';
import { awaitPart } from '../keyboard/awaited.tsx';
import type { Owner } from '../owner.ts';
import type { Remember } from '../state/use-undo.ts';
import type { ComposeStart } from './compose-start.ts';
import type { OnDone } from './composer-props.ts';
import type { LocalDraft } from './local-drafts.ts';
import { useComposers } from './use-composers.ts';

const ComposerWindows = awaitPart(() =>
  import('./composer-windows.tsx').then((file) => file.ComposerWindows),
);
const SideDialogs = awaitPart(() => import('./side-dialogs.tsx').then((file) => file.SideDialogs));
const Recovery = dynamic(() => import('./recovery.tsx'), { ssr: false });

export function ComposerDock({
  begun,
  owner,
  remember,
  onDone,
}: {
  /** What was asked for since the page came, the first first; it only grows */
  begun: readonly ComposeStart[];
  owner: Owner;
  remember: Remember;
  onDone: OnDone;
}) {
  const composers = useComposers(remember);
  const { all, side, open } = composers;
  const taken = useRef(0);
  useEffect(() => {
    for (const begin of begun.slice(taken.current)) open(begin);
    taken.current = begun.length;
  }, [begun, open]);
  const orphans = useOrphans(owner.address);
  return (
    <>
      {all.length > 0 && (
        <ComposerWindows
          composers={composers}
          owner={owner}
          onDone={onDone}
          onClose={() => {
            for (const { id } of all) composers.close(id);
          }}
        />
      )}
      {side && (
        <SideDialogs
          composers={composers}
          owner={owner}
          onDone={() => onDone(false)}
          onClose={() => composers.setSide(null)}
        />
      )}
      {orphans.length > 0 && <Recovery orphans={orphans} onResume={composers.resume} />}
    </>
  );
}

/** What an earlier page left unfinished. */
function useOrphans(user: string): LocalDraft[] {
  const [orphans, setOrphans] = useState<LocalDraft[]>([]);
  useEffect(() => {
    void import('./local-drafts.ts').then(({ listOrphans }) => listOrphans(user)).then(setOrphans);
  }, [user]);
  return orphans;
}

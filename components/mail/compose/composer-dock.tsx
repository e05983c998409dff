// The messages being written: windows at the lower edge, up to three; one fills the screen on a phone. Only this much is
// part of the mail page; the windows themselves are loaded with the first one.
'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import type { Owner } from '../owner.ts';
import type { LocalDraft } from './local-drafts.ts';
import type { Composers } from './use-composers.ts';

export { useComposers } from './use-composers.ts';

const ComposerWindows = dynamic(() => import('./composer-windows.tsx'), { ssr: false });
const SideDialogs = dynamic(() => import('./side-dialogs.tsx'), { ssr: false });
const Recovery = dynamic(() => import('./recovery.tsx'), { ssr: false });

export function ComposerDock({
  composers,
  owner,
  onDone,
}: {
  composers: Composers;
  owner: Owner;
  /** A message was sent, kept or dropped; `isSent` says which. */
  onDone: (isSent: boolean) => void;
}) {
  const { all, side } = composers;
  const orphans = useOrphans(owner.address);
  return (
    <>
      {all.length > 0 && <ComposerWindows composers={composers} owner={owner} onDone={onDone} />}
      {side && <SideDialogs composers={composers} owner={owner} onDone={() => onDone(false)} />}
      {orphans.length > 0 && <Recovery orphans={orphans} onResume={composers.resume} />}
    </>
  );
}

/** What an earlier page left unfinished; looked up once this one has nothing better to do. */
function useOrphans(user: string): LocalDraft[] {
  const [orphans, setOrphans] = useState<LocalDraft[]>([]);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const { listOrphans } = await import('./local-drafts.ts');
      setOrphans(await listOrphans(user));
    }, 1500);
    return () => clearTimeout(timer);
  }, [user]);
  return orphans;
}

// The messages being written: windows at the lower edge, up to three; one fills the screen on a phone. Only this much is
// part of the mail page; the windows themselves are loaded with the first one.
'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import type { Owner } from '../owner.ts';
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
  const isReady = useIdle();
  return (
    <>
      {all.length > 0 && <ComposerWindows composers={composers} owner={owner} onDone={onDone} />}
      {side && <SideDialogs composers={composers} owner={owner} onDone={() => onDone(false)} />}
      {isReady && <Recovery user={owner.address} onResume={composers.resume} />}
    </>
  );
}

/** True once the page has nothing better to do. */
function useIdle(): boolean {
  const [isIdle, setIsIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsIdle(true), 1500);
    return () => clearTimeout(timer);
  }, []);
  return isIdle;
}

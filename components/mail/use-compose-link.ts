// An address that asks for a new message: /mail?compose=new (a shortcut of the installed app) or /mail?mailto=… (a link of
// another page or program, RFC 6068). It asks once; a reload does not ask again.
'use client';
import { useEffect, useRef } from 'react';
import type { ComposeStart } from './compose/compose-start.ts';

export function useComposeLink(compose: (start: ComposeStart) => void): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (isDone.current) return;
    isDone.current = true;
    const url = new URL(window.location.href);
    const mailto = url.searchParams.get('mailto');
    if (mailto === null && !url.searchParams.has('compose')) return;
    url.searchParams.delete('mailto');
    url.searchParams.delete('compose');
    window.history.replaceState(window.history.state, '', url);
    compose(mailto === null ? { mode: 'new' } : { mode: 'new', mailto });
  }, [compose]);
}

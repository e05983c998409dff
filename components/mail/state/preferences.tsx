// The user's options in the browser: known from the start, changed at once and sent behind.
'use client';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Preferences } from '#lib/preferences/index.ts';
import { keepInOrder } from './keep-in-order.ts';
import { errorText, patchJson } from './request.ts';

type Chosen = {
  preferences: Preferences;
  /** Shows the change at once; what the server refuses is taken back and told. True once it is kept. */
  change: (patch: Partial<Preferences>) => Promise<boolean>;
};
const Context = createContext<Chosen | null>(null);

/** The options, and how to change them. */
export function usePreferences(): Chosen {
  const chosen = useContext(Context);
  if (!chosen) throw new Error('usePreferences outside of PreferencesProvider');
  return chosen;
}

export function PreferencesProvider({
  start,
  children,
}: {
  start: Preferences;
  children: ReactNode;
}) {
  const toast = useToast();
  const [preferences, setPreferences] = useState(start);
  const [keeper] = useState(() =>
    keepInOrder(start, (patch) => patchJson('/api/mail/preferences', patch)),
  );
  useEffect(() => {
    window.addEventListener('pagehide', keeper.hurry);
    return () => window.removeEventListener('pagehide', keeper.hurry);
  }, [keeper]);
  const change = useCallback(
    async (patch: Partial<Preferences>) => {
      setPreferences((now) => ({ ...now, ...patch }));
      const kept = await keeper.keep(patch);
      if (kept.isKept) return true;
      setPreferences((now) => ({ ...now, ...kept.undo }));
      toast.show({ kind: 'error', text: errorText(kept.error) });
      return false;
    },
    [keeper, toast],
  );
  const chosen = useMemo(() => ({ preferences, change }), [preferences, change]);
  return <Context value={chosen}>{children}</Context>;
}

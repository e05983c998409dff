// The user's options in the browser: known from the start, changed at once and sent behind.
'use client';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Preferences } from '#lib/preferences/index.ts';
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
  const change = useCallback(
    (patch: Partial<Preferences>) => {
      const undo: Partial<Preferences> = {};
      setPreferences((now) => {
        for (const key of Object.keys(patch) as (keyof Preferences)[]) {
          Object.assign(undo, { [key]: now[key] });
        }
        return { ...now, ...patch };
      });
      return patchJson('/api/mail/preferences', patch).then(
        () => true,
        (error: unknown) => {
          setPreferences((now) => ({ ...now, ...undo }));
          toast.show({ kind: 'error', text: errorText(error) });
          return false;
        },
      );
    },
    [toast],
  );
  const chosen = useMemo(() => ({ preferences, change }), [preferences, change]);
  return <Context value={chosen}>{children}</Context>;
}

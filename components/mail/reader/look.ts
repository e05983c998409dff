// How one open message is looked at: formatted or as text, with its pictures or without, dark or light. By the options
// first, then by what is clicked, for as long as it is open.
'use client';
import { useEffect, useState } from 'react';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import { usePreferences } from '../state/preferences.tsx';

export type Look = {
  isPlain: boolean;
  setIsPlain: (isPlain: boolean) => void;
  mayLoadRemote: boolean;
  loadRemote: () => void;
  /** Light although the page is dark */
  isLight: boolean;
  setIsLight: (isLight: boolean) => void;
};

export function useLook(message: Pick<MessageView, 'facts'> | null): Look {
  const { preferences } = usePreferences();
  const [plain, setIsPlain] = useState<boolean | null>(null);
  const [hasAsked, setHasAsked] = useState(false);
  const [light, setIsLight] = useState<boolean | null>(null);
  return {
    isPlain: plain ?? preferences['reading.format'] === 'text',
    setIsPlain,
    mayLoadRemote: hasAsked || message?.facts.images.mayLoad === true,
    loadRemote: () => setHasAsked(true),
    isLight: light ?? !preferences['reading.darkMessages'],
    setIsLight,
  };
}

/** Whether the page is drawn dark: by the person's choice, else by the system's. */
export function useIsDark(): boolean {
  const [isDark, setIsDark] = useState(false);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const read = () => {
      const theme = document.documentElement.dataset.theme;
      setIsDark(theme ? theme === 'dark' : query.matches);
    };
    read();
    query.addEventListener('change', read);
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      query.removeEventListener('change', read);
      observer.disconnect();
    };
  }, []);
  return isDark;
}

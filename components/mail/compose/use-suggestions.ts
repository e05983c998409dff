// Suggestions while a recipient is typed: asked of the server a moment after the last key, kept for this page, so that a
// letter taken back answers at once.
'use client';
import { useEffect, useState } from 'react';
import type { Suggestion } from '#lib/contacts/suggest.ts';
import { getJson, postJson } from '../state/request.ts';

const pauseMs = 40;
const most = 200;
const known = new Map<string, Suggestion[]>();

/** Suggestions for `text`, best first; none for empty text. */
export function useSuggestions(text: string, isWanted: boolean): Suggestion[] {
  const wanted = isWanted ? text.trim().toLowerCase() : '';
  const [found, setFound] = useState<Suggestion[]>([]);
  useEffect(() => {
    if (wanted === '') return setFound([]);
    const kept = known.get(wanted);
    if (kept) return setFound(kept);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      getJson<{ suggestions: Suggestion[] }>('/api/mail/suggest', { q: wanted }, abort.signal)
        .then(({ suggestions }) => {
          if (known.size >= most) known.clear();
          known.set(wanted, suggestions);
          setFound(suggestions);
        })
        // Who types goes on typing: no suggestion is no error.
        .catch(() => {});
    }, pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted]);
  return wanted === '' ? [] : found;
}

/** After sending there are others. */
export function dropSuggestions(): void {
  known.clear();
}

/** Never suggests an address again. */
export async function forgetSuggestion(address: string): Promise<void> {
  for (const [text, list] of known) {
    known.set(
      text,
      list.filter((each) => each.address !== address),
    );
  }
  await postJson('/api/mail/suggest', { forget: address });
}

// What the panel asks about the listeners: how they are, and whether they could be as a setting is about to have it.
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import type { ListenerState } from '#lib/listener-state.ts';
import { listListeners, tryListeners } from '../net/listeners.ts';

const question = z.object({ changes: z.record(z.string().max(100), z.unknown()) });

export function answerListeners(): Promise<ListenerState[]> {
  return listListeners();
}

/** Refusal 'invalid' on the key that cannot be, with what would be right. */
export async function answerTryListeners(input: unknown): Promise<null> {
  const parsed = question.safeParse(input);
  if (!parsed.success) throw new Refusal('invalid', 'Say keys of settings and their values.');
  await tryListeners(parsed.data.changes);
  return null;
}

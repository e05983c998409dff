// What the panel asks about the listeners: how they are, and whether they could be as a setting is about to have it.
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import type { ListenerState } from '#lib/listener-state.ts';
import { listListeners, tryListeners } from '../net/listeners.ts';

const question = z.object({ key: z.string().max(100), value: z.unknown() });

export function answerListeners(): Promise<ListenerState[]> {
  return listListeners();
}

/** Refusal 'invalid' on the field `key` with what would be right. */
export async function answerTryListeners(input: unknown): Promise<null> {
  const parsed = question.safeParse(input);
  if (!parsed.success) throw new Refusal('invalid', 'Say the key of a setting and its value.');
  await tryListeners(parsed.data.key, parsed.data.value);
  return null;
}

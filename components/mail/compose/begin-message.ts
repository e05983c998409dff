// The start of a message: what the server makes of a wish to write, in this window or in one of its own.
import { postJson } from '../state/request.ts';
import type { ComposerStart, ComposeStart } from './compose-start.ts';

/** What the server makes of a wish to write. Rejects with RequestError. */
export async function loadStart(begin: ComposeStart): Promise<ComposerStart> {
  const start = await postJson<ComposerStart>('/api/mail/compose', begin);
  if (begin.mode !== 'new' || (!begin.to && !begin.mailto)) return start;
  const { parseMailto } = await import('./mailto.ts');
  const { fillForm } = await import('./fill-form.ts');
  const link = begin.mailto ?? `mailto:${encodeURIComponent(begin.to ?? '')}`;
  return { ...start, form: fillForm(start.form, parseMailto(link)) };
}

/** In a window of its own; false where the browser does not let us. */
export function openWindow(begin: ComposeStart): boolean {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(begin)) query.set(name, String(value));
  return window.open(`/compose?${query}`, '_blank', 'popup,width=800,height=760') !== null;
}

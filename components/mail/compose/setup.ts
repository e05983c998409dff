// What every composer of this page needs: who one may write as, templates, limits. Asked for once, and again after a change.
import type { Signature } from '#lib/mail/signature.ts';
import type { Identity } from '#lib/webmail/compose/identities.ts';
import type { Template } from '#lib/webmail/compose/templates.ts';
import { getJson } from '../state/request.ts';

export type ComposeSetup = {
  identities: Identity[];
  templates: Template[];
  /** 0 = any size */
  maxFileBytes: number;
  /** How far ahead mail may be scheduled; 0 = not at all */
  laterDays: number;
};

const freshMs = 60_000;
let known: { at: number; setup: Promise<ComposeSetup> } | null = null;

/** The setup, at most a minute old. Rejects with RequestError. */
export function loadSetup(): Promise<ComposeSetup> {
  if (known && Date.now() - known.at < freshMs) return known.setup;
  const setup = getJson<ComposeSetup>('/api/mail/compose');
  const entry = { at: Date.now(), setup };
  known = entry;
  setup.catch(() => {
    if (known === entry) known = null;
  });
  return setup;
}

/** After an identity or a template was changed. */
export function dropSetup(): void {
  known = null;
}

/** The identity a message is written under; a detail or wildcard of one's own may have none. */
export function findIdentity(all: Identity[], id: string, from: string): Identity | undefined {
  return (
    all.find((each) => each.id === id && each.address === from) ??
    all.find((each) => each.address === from) ??
    all.find((each) => id !== '' && each.id === id)
  );
}

export function signatureOf(identity: Identity | undefined): Signature {
  return { text: identity?.signature ?? '', html: identity?.signatureHtml ?? '' };
}

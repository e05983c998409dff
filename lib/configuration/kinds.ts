// Whatever the history keeps, with the way back: the sections of the file, and what stands in no file.
import { announcementKind } from './kinds/announcements.ts';
import { apiTokenKind } from './kinds/api-tokens.ts';
import { acmeAccountKind, certificateKind } from './kinds/certificates.ts';
import { dkimKeyKind } from './kinds/dkim-keys.ts';
import { webhookKind } from './kinds/webhooks.ts';
import type { Kind } from './section.ts';
import { sections } from './sections.ts';

export const kinds: Kind[] = [
  ...sections,
  dkimKeyKind,
  certificateKind,
  acmeAccountKind,
  apiTokenKind,
  webhookKind,
  announcementKind,
];

/** What the history calls so. */
export function findKind(kind: string): Kind | undefined {
  return kinds.find(({ recorded }) => recorded.kind === kind);
}

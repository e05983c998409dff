// Whose annotations a METADATA command means, whether the user may (RFC 5464 §3.3), and what is computed
// instead of kept: the special use of a mailbox (RFC 6154 §5.4), the way to the administrator (§3.2.1.1).
import { hasAnyRight, hasRights, refuseRight } from '#lib/accounts/rights.ts';
import {
  type Annotation,
  type Holder,
  readAnnotations,
} from '#server/store/sharing/annotations.ts';
import { specialUseEntry } from './annotation-entry.ts';
import { locateMailbox, noMailbox } from './locate.ts';
import type { Located } from './located.ts';
import type { Session } from './session.ts';

/** Read-only: how to reach who runs the server. */
export const adminEntry = '/shared/admin';

export type Annotated = {
  holder: Holder;
  /** As replies name it; '' for the server. */
  name: string;
  /** null for the server. */
  located: Located | null;
};

/** The mailbox of that name, or the server for ''. Refusal 'not-found', 'forbidden'. */
export async function findAnnotated(session: Session, name: string): Promise<Annotated> {
  if (name === '') return { holder: 'server', name, located: null };
  return toAnnotated(requireReadable(await locateMailbox(session, name, 'l')));
}

/** True where its annotations may be read: "l" and any of "r", "s", "w", "i", "p". */
export function mayAnnotate({ rights }: Located): boolean {
  return hasRights(rights, 'l') && hasAnyRight(rights, 'rswip');
}

function requireReadable(located: Located): Located {
  if (mayAnnotate(located)) return located;
  throw located.rights.includes('l') ? refuseRight() : noMailbox();
}

export function toAnnotated(located: Located): Annotated {
  const { accountId, mailbox, name } = located;
  return { holder: { accountId, mailboxId: mailbox.id }, name, located };
}

/** What the user may read there, by name, with what is computed. */
export async function listAnnotations(
  session: Session,
  { holder, located }: Annotated,
): Promise<Annotation[]> {
  const kept = await readAnnotations(holder, session.accountId);
  const { address } = session.account;
  const computed: [string, string | null][] = located
    ? [[specialUseEntry, located.isOwn ? located.mailbox.specialUse : null]]
    : [[adminEntry, `mailto:postmaster@${address.slice(address.lastIndexOf('@') + 1)}`]];
  const added = computed.flatMap(([entry, value]) =>
    value === null ? [] : [{ entry, value: Buffer.from(value) }],
  );
  return [...kept, ...added].sort((one, other) => (one.entry < other.entry ? -1 : 1));
}

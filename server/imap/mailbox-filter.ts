// Which mailboxes a command means that can mean many: filter-mailboxes (RFC 5465 §6, as RFC 7377 §2.2 has it).
// What is not there, or may not be read, is passed over without a word; mailboxes of deleted messages are meant
// only where they are named.
import { listSubscriptions } from '#server/store/mailboxes.ts';
import { listVisible } from './locate.ts';
import type { Located } from './located.ts';
import { asksForDeleted } from './mailbox-listing.ts';
import type { Session } from './session.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';

const bare = ['selected', 'inboxes', 'personal', 'subscribed'] as const;
const naming = ['subtree-one', 'subtree', 'mailboxes'] as const;

export type MailboxFilter =
  | { kind: (typeof bare)[number] }
  | { kind: (typeof naming)[number]; names: string[] };

/** Names in one command. */
const nameLimit = 1000;

/** filter-mailboxes without "selected-delayed". */
export function parseMailboxFilter(cursor: Cursor): MailboxFilter {
  const word = cursor.keyword().toLowerCase();
  const kind = bare.find((name) => name === word);
  if (kind) return { kind };
  const other = naming.find((name) => name === word);
  if (!other) throw new Bad(`Unknown kind of mailboxes ${word}`);
  cursor.space();
  const names: string[] = [];
  // one-or-more-mailbox
  if (cursor.peek() === '(') cursor.list(() => names.push(cursor.mailbox()));
  else names.push(cursor.mailbox());
  if (names.length === 0 || names.length > nameLimit) throw new Bad('Expected mailboxes');
  return { kind: other, names };
}

/** The mailboxes, each once, as the user may read them; the selected one only where it is still there. */
export async function findMailboxes(
  session: Session,
  filters: readonly MailboxFilter[],
): Promise<Located[]> {
  const asksDeleted = filters.some(
    (filter) =>
      filter.kind === 'selected' || ('names' in filter && filter.names.some(asksForDeleted)),
  );
  const visible = await listVisible(session, asksDeleted ? 'all' : 'own');
  const subscribed = filters.some(({ kind }) => kind === 'subscribed')
    ? new Set(await listSubscriptions(session.accountId))
    : new Set<string>();
  const isMeant = (located: Located) =>
    filters.some((filter) => fits(filter, located, session, subscribed));
  return visible.filter((located) => located.rights.includes('r') && isMeant(located));
}

function fits(
  filter: MailboxFilter,
  located: Located,
  session: Session,
  subscribed: ReadonlySet<string>,
): boolean {
  const { name, mailbox, isOwn } = located;
  if (filter.kind === 'selected') return mailbox.id === session.selection?.mailboxId;
  if ('names' in filter) return filter.names.some((meant) => isNamed(filter.kind, name, meant));
  if (asksForDeleted(name)) return false;
  if (filter.kind === 'subscribed') return subscribed.has(name);
  if (!isOwn) return false;
  // RFC 5465 §6.3: where mail may be delivered.
  if (filter.kind === 'inboxes') return name === 'INBOX' || mailbox.specialUse === '\\Junk';
  return true;
}

function isNamed(kind: MailboxFilter['kind'], name: string, meant: string): boolean {
  if (name === meant) return true;
  if (kind === 'mailboxes' || !name.startsWith(`${meant}/`)) return false;
  return kind === 'subtree' || !name.slice(meant.length + 1).includes('/');
}

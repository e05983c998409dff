// What waits for webhooks: a row for each hook that wants an event, in the transaction of the event, so that whatever ends a
// process loses neither or both. lib/webhooks sends them; here is only who wants what.
import { db, insertRows, readOnceACommit, sql, type Tx } from '../db.ts';
import type { EventKind } from './record.ts';

/** What a webhook may ask for, and the events of the trail that it means. */
export const hookEvents = {
  received: ['received'],
  delivered: ['delivered', 'sent'],
  deferred: ['deferred'],
  bounced: ['bounced'],
  refused: ['refused'],
  login: ['login', 'login-failed', 'login-blocked'],
  change: ['changed'],
} as const satisfies Record<string, EventKind[]>;

export type HookEvent = keyof typeof hookEvents;
export const hookEventNames = Object.keys(hookEvents) as HookEvent[];

/** What a hook would call the event; null for what no hook gets. */
export function hookEventOf(kind: string): HookEvent | null {
  return (
    hookEventNames.find((name) => (hookEvents[name] as readonly string[]).includes(kind)) ?? null
  );
}

type Event = { id: string; at: Date; kind: string; sender: string; recipient: string };
type Row = { id: string; events: string; domains: string };

/** Read after every commit, and most servers have none: past Prisma's client. */
const readHooks = readOnceACommit(
  () => db.$queryRaw<Row[]>`SELECT "id", "events", "domains" FROM "Webhook" WHERE NOT "isDisabled"`,
);

/** Puts the events there for the hooks that want them, inside the caller's transaction. */
export async function addToOutboxIn(tx: Tx, events: Event[]): Promise<void> {
  const hooks = await readHooks();
  if (hooks.length === 0) return;
  const rows = hooks.flatMap((hook) =>
    events
      .filter((event) => wants(hook, event))
      .map(({ id, at }) => sql`(${hook.id}, ${id}, ${at})`),
  );
  if (rows.length === 0) return;
  await insertRows(tx, sql`INSERT INTO "WebhookEvent" ("hookId", "eventId", "at")`, rows);
}

function wants({ events, domains }: Row, event: Event): boolean {
  const name = hookEventOf(event.kind);
  if (!name || !events.split(' ').includes(name)) return false;
  return domains === '' || domains.split(' ').some((domain) => concernsDomain(event, domain));
}

/** As the trail shows it to those who look after the domain (list.ts). */
function concernsDomain({ kind, sender, recipient }: Event, domain: string): boolean {
  const end = `@${domain}`;
  if (kind !== 'changed') return sender.endsWith(end) || recipient.endsWith(end);
  if (recipient === `domain ${domain}`) return true;
  return recipient.endsWith(end) && /^(user|alias|shared mailbox) /.test(recipient);
}

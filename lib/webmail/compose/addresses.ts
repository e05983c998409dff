// Suggestions while typing a recipient: people from recent Sent and Inbox messages, most written to first.
// Kept a few minutes per account, so that the browser gets the whole small list at once.
import { now } from '../../clock.ts';
import { canonicalAddress } from '../../mail/address.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { findRole, listFolders } from '../list/mailboxes.ts';
import { type Person, toPeople } from '../list/message-list.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';

const lookBack = 300;
const maxPeople = 500;
const freshMs = 5 * 60_000;

const shared = globalThis as { dreyAddresses?: RecentMap<{ at: number; people: Person[] }> };

/** People this account writes with, at most 500. */
export async function listPeople(account: MailAccount): Promise<Person[]> {
  shared.dreyAddresses ??= recentMap(500);
  const known = shared.dreyAddresses.get(account.id);
  const at = now().getTime();
  if (known && at - known.at < freshMs) return known.people;
  const scores = new Map<string, { person: Person; score: number }>();
  const sent = findRole(await listFolders(account), 'sent');
  if (sent) await scan(account, sent, 'sent', scores);
  await scan(account, 'INBOX', 'inbox', scores);
  scores.delete(account.address);
  const people = [...scores.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, maxPeople)
    .map((each) => each.person);
  shared.dreyAddresses.set(account.id, { at, people });
  return people;
}

/** Forgets what is kept, after sending. */
export function forgetPeople(account: MailAccount): void {
  shared.dreyAddresses?.set(account.id, { at: 0, people: [] });
}

async function scan(
  account: MailAccount,
  folder: string,
  kind: 'sent' | 'inbox',
  scores: Map<string, { person: Person; score: number }>,
): Promise<void> {
  await withMailbox(account, folder, async (client, mailbox) => {
    if (mailbox.exists === 0) return;
    const range = `${Math.max(1, mailbox.exists - lookBack + 1)}:*`;
    for (const { envelope } of await client.fetchAll(range, { envelope: true })) {
      const people =
        kind === 'sent'
          ? toPeople([...(envelope?.to ?? []), ...(envelope?.cc ?? []), ...(envelope?.bcc ?? [])])
          : toPeople(envelope?.from);
      for (const person of people) addPerson(person, kind === 'sent' ? 5 : 1, scores);
    }
  });
}

function addPerson(
  person: Person,
  weight: number,
  scores: Map<string, { person: Person; score: number }>,
): void {
  const address = canonicalAddress(person.address);
  // Nobody answers a machine.
  if (!address || /^(?:no-?reply|do-?not-?reply|mailer-daemon|bounces?)\b/i.test(address)) return;
  const known = scores.get(address);
  if (!known) scores.set(address, { person: { name: person.name, address }, score: weight });
  else {
    known.score += weight;
    if (person.name) known.person.name = person.name;
  }
}

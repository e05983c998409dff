// Copies that neither the sender nor the recipients hear of: archives of domains, and 'bcc' of access rules. Their
// NOTIFY is NEVER (RFC 3461 §4.1), no Delivered-To names them to others, and the timeline of a message keeps
// them for administrators.
import { resolveRecipient } from '#lib/accounts/route.ts';
import { logOf } from '#lib/log.ts';
import type { Client, Recipient, Transaction } from '../session.ts';
import { listArchives } from './archive.ts';

const log = logOf('smtp');

/** By canonical address; archives only where somebody else gets the message too. */
export async function listCopies(
  client: Client,
  { sender, recipients, marks, settings }: Transaction,
  isDelivered: boolean,
): Promise<[string, Recipient][]> {
  const archives = isDelivered ? await listArchives(client, sender, [...recipients.keys()]) : [];
  const addresses = [...new Set([...archives, ...marks.copyTo])];
  const delimiter = settings['smtp.recipientDelimiter'];
  const lists = await Promise.all(addresses.map((address) => makeCopies(address, delimiter)));
  return lists.flat();
}

/** A copy for the mailboxes, and one for each address outside under its own name: an alias would be told. */
async function makeCopies(address: string, delimiter: string): Promise<[string, Recipient][]> {
  const resolution = await resolveRecipient(address, delimiter);
  const silent = { originalTo: '', notify: 'NEVER', isDiscarded: false };
  const toOutside = (remote: string): [string, Recipient] => [
    remote,
    { ...silent, address: remote, mailboxes: [], remote: [remote] },
  ];
  if (resolution.status === 'not-local') return [toOutside(address)];
  if (resolution.status !== 'local') {
    // It would leave for its own domain, which is here, and come back as a bounce to nobody.
    log.warn({ address }, 'a copy has no mailbox to go to');
    return [];
  }
  const { mailboxes, forwards } = resolution;
  const inside: [string, Recipient] = [address, { ...silent, address, mailboxes, remote: [] }];
  return [inside, ...forwards.map(toOutside)];
}

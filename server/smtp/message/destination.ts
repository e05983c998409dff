// Where a received message goes: the mailboxes and outside addresses of its recipients, and what the checks
// made of them (thrown away, sent elsewhere, copied, held).
import { type Resolution, resolveRecipient } from '#lib/accounts/route.ts';
import { now } from '#lib/clock.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import type { Delivery, RemoteCopy } from '#server/delivery/local.ts';
import type { Marks } from '../marks.ts';
import type { Client, Recipient, Transaction } from '../session.ts';
import { listCopies } from './copies.ts';
import { rewriteSender } from './rewrite.ts';

/** Everything about the delivery but its body; null where nobody is to get it. */
export async function planDelivery(
  client: Client,
  transaction: Transaction,
): Promise<Omit<Delivery, 'body'> | null> {
  const { marks, settings } = transaction;
  const named = await listRecipients(transaction);
  const copies = await listCopies(client, transaction, named.length > 0);
  // Of two copies for one mailbox the last counts.
  const recipients = [...copies, ...named];
  if (recipients.length === 0) return null;
  const known = new Set(named.flatMap(([canonical, { remote }]) => [canonical, ...remote]));
  return {
    sender: await rewriteSender(transaction.sender, settings),
    accountId: client.account?.id ?? null,
    mailboxes: recipients.flatMap(([canonical, { mailboxes, originalTo, notify }]) =>
      mailboxes.map((mailbox) => ({
        ...mailbox,
        originalTo: canonical,
        orcpt: originalTo,
        notify,
      })),
    ),
    remote: recipients.flatMap(([canonical, recipient]) => listRemote(canonical, recipient)),
    traceId: transaction.traceId,
    isJunk: marks.isJunk,
    heldFor: marks.heldFor,
    releaseAt: transaction.releaseAt,
    isTlsRequired: transaction.isTlsRequired,
    envid: transaction.envid,
    ret: transaction.ret,
    isSmtpUtf8: transaction.isSmtpUtf8,
    findings: listFindings(marks),
    secret: copies.map(([canonical]) => canonical).filter((address) => !known.has(address)),
    trace: await describeTrace(client, transaction),
  };
}

/** Recipients by canonical address, after redirection. */
async function listRecipients({
  recipients,
  marks,
  settings,
}: Transaction): Promise<[string, Recipient][]> {
  const delimiter = settings['smtp.recipientDelimiter'];
  if (marks.isDiscarded) return [];
  const to = marks.redirectTo;
  if (to) return [[to, toRecipient(to, await resolveRecipient(to, delimiter))]];
  return [...recipients].filter(([, recipient]) => !recipient.isDiscarded);
}

/** A recipient as it was resolved; where that came to nothing here, mail for it leaves. */
export function toRecipient(address: string, resolution: Resolution): Recipient {
  const base = { address, originalTo: '', notify: '', isDiscarded: false };
  if (resolution.status !== 'local') return { ...base, mailboxes: [], remote: [address] };
  return { ...base, mailboxes: resolution.mailboxes, remote: resolution.forwards };
}

function listRemote(canonical: string, recipient: Recipient): RemoteCopy[] {
  const { address, originalTo, notify } = recipient;
  return recipient.remote.map((remote) =>
    remote === address
      ? { recipient: remote, originalTo, notify }
      : // RFC 3461 §6.2.7.1: the parameters stay with the address that an alias leads to.
        { recipient: remote, originalTo, notify, alias: canonical },
  );
}

/** Short enough for the detail of an event: what passed without a word is left out. */
function listFindings({ steps }: Marks): { check: string; outcome: string; note: string }[] {
  return steps
    .filter(({ outcome, note }) => outcome !== 'pass' || note !== '')
    .map(({ check, outcome, note }) => ({ check, outcome, note: note.slice(0, 200) }))
    .slice(0, 30);
}

async function describeTrace(
  client: Client,
  { recipients, marks, isSmtpUtf8 }: Transaction,
): Promise<Delivery['trace']> {
  const only = recipients.size === 1 ? [...recipients.values()][0]?.address : undefined;
  const [version = '', cipher = ''] = client.tls?.split(' ') ?? [];
  return {
    hostname: client.hostname,
    // RFC 6531 §4.3 and RFC 3848: UTF8SMTP, UTF8SMTPS, UTF8SMTPSA.
    protocol: isSmtpUtf8 ? client.protocol.replace(/^ESMTP/, 'UTF8SMTP') : client.protocol,
    helo: client.helo,
    remote: client.remote,
    reverseName: (await client.findReverseName()) ?? undefined,
    tls: client.tls ? { version, cipher } : null,
    receivedAt: now(),
    offsetMinutes: await serviceOffset(now()),
    recipient: only,
    fields: marks.fields,
  };
}

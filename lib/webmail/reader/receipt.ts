// Read receipts (message disposition notifications, RFC 8098): whether one is asked for, and sending it. None ever leaves
// without the reader's word, given now or, for requests that look right, once and for all in the options.
import { randomUUID } from 'node:crypto';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import {
  canonicalAddress,
  formatAddress,
  joinAddress,
  parseAddressList,
} from '../../mail/address.ts';
import { formatDate } from '../../mail/date.ts';
import { foldField, type HeaderField, parseHeaderFields } from '../../mail/header.ts';
import { encodeWords } from '../../mail/words.ts';
import { serverHostname } from '../../settings/index.ts';
import { listIdentities } from '../compose/identities.ts';
import { submitMessage } from '../compose/submit.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { cleanLine, toPeople } from '../list/message-list.ts';
import { readOnly } from './authentication.ts';

export type ReceiptRequest = {
  /** Who would get it */
  to: string;
  /** RFC 8098 §2.1: several, or another address than the one that gets the bounces: always ask */
  isOdd: boolean;
};

const sentKeyword = '$MDNSent'; // RFC 3503

/** The request of a message, or null. */
export function readReceiptRequest(fields: HeaderField[]): ReceiptRequest | null {
  const text = readOnly(fields, 'disposition-notification-to');
  // RFC 8098 §2.2: what must be understood and is not forbids a receipt.
  if (/\brequired\b/i.test(readOnly(fields, 'disposition-notification-options'))) return null;
  const addresses = parseAddressList(text)
    .slice(0, 20)
    .flatMap(({ local, domain }) => canonicalAddress(joinAddress(local, domain)) ?? []);
  const [to] = addresses;
  if (!to) return null;
  const path = canonicalAddress(readOnly(fields, 'return-path').replace(/^<|>$/g, ''));
  // No answer to the null sender, nor to machines (RFC 8098 §2.1, RFC 3834 §5).
  const isAutomatic = /^auto-/i.test(readOnly(fields, 'auto-submitted'));
  if (isAutomatic || path === null) return null;
  return { to, isOdd: addresses.length > 1 || path !== to };
}

type Reader = MailAccount & { displayName: string };

/**
 * Sends the receipt of a message, once; `isByHand` false where the options said it. Refusal 'not-found', 'conflict'
 * where one was sent already, 'invalid' where none is asked for, or the server's words.
 */
export async function sendReceipt(
  account: Reader,
  folder: string,
  uid: number,
  isByHand: boolean,
): Promise<void> {
  const message = await withMailbox(account, folder, (client) =>
    client.fetchOne(
      `${uid}`,
      {
        uid: true,
        flags: true,
        envelope: true,
        headers: [
          'disposition-notification-to',
          'disposition-notification-options',
          'return-path',
          'auto-submitted',
          'original-recipient',
        ],
      },
      { uid: true },
    ),
  );
  if (!message) throw new Refusal('not-found', 'This message is no longer here.');
  if (message.flags?.has(sentKeyword)) {
    throw new Refusal('conflict', 'The receipt was sent already.');
  }
  const request = readReceiptRequest(parseHeaderFields(message.headers ?? Buffer.alloc(0)));
  if (!request) throw new Refusal('invalid', 'The sender asked for no receipt.');
  if (request.isOdd && !isByHand) throw new Refusal('invalid', 'This request is odd.');
  const identities = await listIdentities(account);
  const { envelope } = message;
  const named = [...toPeople(envelope?.to), ...toPeople(envelope?.cc)].flatMap(
    ({ address }) => canonicalAddress(address) ?? [],
  );
  const self = identities.find(({ address }) => named.includes(address)) ?? identities[0];
  if (!self) throw new Refusal('forbidden', 'You have no address to send it from.');
  // First the mark (RFC 3503 §3): two receipts are worse than none.
  await markAnswered(account, folder, uid);
  const report = composeReceipt({
    from: { name: self.name, address: self.address },
    to: request.to,
    subject: cleanLine(envelope?.subject ?? ''),
    messageId: cleanLine(envelope?.messageId ?? ''),
    isByHand,
    hostname: await serverHostname(),
    at: now(),
  });
  // RFC 8098 §3 wants the null sender, which submission grants nobody: the report itself is no longer answered.
  const envelopeOut = { from: self.address, to: [request.to] };
  await submitMessage(account, { ...envelopeOut, hold: null, wantsDeliveryReceipt: false }, report);
}

/** Remembers that the question is settled, whatever the answer. */
export async function markAnswered(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<void> {
  await withMailbox(account, folder, (client) =>
    client.messageFlagsAdd(`${uid}`, [sentKeyword], { uid: true, silent: true }),
  );
}

export type Receipt = {
  from: { name: string; address: string };
  to: string;
  subject: string;
  messageId: string;
  isByHand: boolean;
  hostname: string;
  at: Date;
};

/** The bytes of a multipart/report (RFC 6522, RFC 8098 §3). */
export function composeReceipt(receipt: Receipt): Buffer {
  const { from, to, subject, messageId, isByHand, hostname, at } = receipt;
  const boundary = `drey-${randomUUID()}`;
  const id = /^<[\u0021-\u007e]{1,500}>$/.test(messageId) ? messageId : '';
  const lines = [
    ...[
      foldField('From', formatAddress(from)),
      foldField('To', formatAddress({ name: '', address: to })),
      foldField('Subject', encodeWords(`Read: ${subject.slice(0, 200)}`)),
      foldField('Date', formatDate(at)),
      foldField('Message-ID', `<${randomUUID()}@${from.address.split('@').pop()}>`),
    ].map((field) => field.replace(/\r\n$/, '')),
    ...(id ? [`In-Reply-To: ${id}`, `References: ${id}`] : []),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=disposition-notification; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    wrapBase64(
      `The message “${subject.slice(0, 200)}” was displayed on ${formatDate(at)}.\r\n` +
        'This is no guarantee that it has been read or understood.\r\n',
    ),
    `--${boundary}`,
    'Content-Type: message/disposition-notification',
    '',
    `Reporting-UA: ${hostname}; Drey webmail`,
    `Final-Recipient: rfc822;${from.address}`,
    ...(id ? [`Original-Message-ID: ${id}`] : []),
    `Disposition: manual-action/MDN-sent-${isByHand ? 'manually' : 'automatically'}; displayed`,
    '',
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

function wrapBase64(text: string): string {
  return Buffer.from(text)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
}

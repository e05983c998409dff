// Sending a message on unchanged (RFC 5322 §3.6.6): the same bytes below Resent fields of the one who sends it on, so that
// its signatures stay valid and its answers go to its author.
import { randomUUID } from 'node:crypto';
import { now } from '../../clock.ts';
import { isRefusal, Refusal } from '../../errors.ts';
import { formatAddress } from '../../mail/address.ts';
import { formatDate } from '../../mail/date.ts';
import { foldField, prependFields } from '../../mail/header.ts';
import { readSetting } from '../../settings/index.ts';
import type { MailAccount } from '../imap/pool.ts';
import type { Person } from '../list/message-list.ts';
import { openSource } from '../reader/part.ts';
import { withoutBcc } from './compose.ts';
import { findIdentity } from './identities.ts';
import { checkRecipients, listRecipients } from './outgoing.ts';
import { submitMessage } from './submit.ts';

/** Sends it on. Refusal 'not-found', 'too-big', 'invalid' for recipients, or the server's words. */
export async function redirectMessage(
  account: MailAccount & { displayName: string },
  folder: string,
  uid: number,
  { from, to }: { from: string; to: Person[] },
): Promise<void> {
  const recipients = { to, cc: [], bcc: [], replyTo: [] };
  checkRecipients(recipients);
  const identity = await findIdentity(account, '', from);
  const { content } = await openSource(account, folder, uid);
  const limit = await readSetting('smtp.messageSizeBytes');
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of content) {
    sizeBytes += (chunk as Buffer).length;
    if (limit > 0 && sizeBytes > limit) {
      content.destroy();
      throw new Refusal('too-big', 'This message is too large to be sent on.');
    }
    chunks.push(chunk as Buffer);
  }
  const bytes = addResentFields(Buffer.concat(chunks), {
    from: identity,
    to,
    at: now(),
    messageId: `<${randomUUID()}@${identity.address.split('@').pop()}>`,
  });
  const envelope = { from: identity.address, to: listRecipients(recipients) };
  const work = submitMessage(
    account,
    { ...envelope, hold: null, wantsDeliveryReceipt: false },
    bytes,
  );
  await work.catch((error: unknown) => {
    // server/smtp/checks/message/own-from.ts: only authors of other domains may stay in From.
    if (!isRefusal(error) || !/From or Sender/.test(error.message)) throw error;
    const text = 'Mail of a colleague cannot be sent on unchanged. Forward it as an attachment.';
    throw new Refusal('forbidden', text);
  });
}

/** The message below a block of Resent fields, without the fields a sender never passes on. */
export function addResentFields(
  bytes: Buffer,
  resent: { from: Person; to: Person[]; at: Date; messageId: string },
): Buffer {
  return prependFields(withoutBcc(bytes), [
    foldField('Resent-From', formatAddress(resent.from)),
    foldField('Resent-To', resent.to.map(formatAddress).join(', ')),
    foldField('Resent-Date', formatDate(resent.at)),
    foldField('Resent-Message-ID', resent.messageId),
  ]);
}

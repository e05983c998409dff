// Sending: compose, hand to the daemon's submission port, keep a copy, mark the original, remove the draft. After the
// server's 250 the message is sent: what fails then is told as a warning. What may be taken back, or is for later, the
// server holds (FUTURERELEASE): a closed browser sends it too.
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { logOf } from '../../log.ts';
import { type Preferences, readPreferences } from '../../preferences/index.ts';
import { listScheduled } from '../../queue/scheduled.ts';
import { readSetting } from '../../settings/index.ts';
import { setFlag } from '../actions.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { listImageIds } from './body.ts';
import { composeMessage, withoutBcc } from './compose.ts';
import { removeDraft } from './drafts.ts';
import { checkRecipients, type Outgoing } from './outgoing.ts';
import { findSentFolder } from './sent-folder.ts';
import { type Envelope, submitMessage } from './submit.ts';
import { removeUpload } from './uploads.ts';

export type Sent = {
  messageId: string;
  /** Which of what follows sending failed */
  warnings: ('copy' | 'draft')[];
  /** Recipients the server did not take; the others get it */
  refused: string[];
  /** ISO; null where it has left */
  releaseAt: string | null;
  /** What lib/queue/scheduled.ts calls it, so that it can be taken back; null where it has left */
  scheduledId: string | null;
};
export type SendOptions = {
  /** The draft it grew from */
  draftUid: number | null;
  /** A time of the user's choice */
  sendAt: Date | null;
};

const log = logOf('webmail');
/** The server waits a little longer than the page says, so that the last click does not lose the race. */
const graceSeconds = 3;
const fonts = {
  default: '',
  sans: 'font-family:Arial,Helvetica,sans-serif',
  serif: 'font-family:Georgia,"Times New Roman",serif',
  mono: 'font-family:ui-monospace,Consolas,monospace',
};
const fontSizes = { normal: '', small: 'font-size:13px', large: 'font-size:18px' };

/**
 * Sends a message. Refusal with the server's words where it is not accepted; nothing was sent then, and the
 * draft stays.
 */
export async function sendMessage(
  account: MailAccount,
  outgoing: Outgoing,
  { draftUid, sendAt }: SendOptions,
): Promise<Sent> {
  checkRecipients(outgoing);
  const preferences = await readPreferences(account.id);
  const hold = await chooseHold(preferences, sendAt);
  const composed = await composeMessage(account.id, outgoing, {
    isDraft: false,
    isHeld: hold !== null,
    // What is sent tomorrow is dated tomorrow.
    date: sendAt ?? now(),
    font: fontOf(preferences),
    isPlainPreferred: preferences['compose.plainWhenPossible'],
  });
  const envelope: Envelope = {
    from: outgoing.from.address,
    to: composed.recipients,
    hold,
    wantsDeliveryReceipt: outgoing.wantsDeliveryReceipt,
  };
  const refused = await submitMessage(account, envelope, withoutBcc(composed.bytes));
  const warnings = await finishSending(account, outgoing, draftUid, composed.bytes, preferences);
  const held = hold ? await findHeld(account.id, composed.messageId) : null;
  if (!held) await removeUploads(account.id, outgoing);
  return {
    messageId: composed.messageId,
    warnings,
    refused,
    releaseAt: held?.releaseAt.toISOString() ?? null,
    scheduledId: held?.messageId ?? null,
  };
}

async function finishSending(
  account: MailAccount,
  outgoing: Outgoing,
  draftUid: number | null,
  copy: Buffer,
  preferences: Preferences,
): Promise<Sent['warnings']> {
  const failed: Sent['warnings'] = [];
  const attempt = (what: 'copy' | 'draft', step: Promise<unknown>) =>
    step.catch((error: unknown) => {
      log.warn({ err: error, accountId: account.id, what }, 'after sending');
      failed.push(what);
    });
  await attempt('copy', keepCopy(account, outgoing, copy, preferences));
  // Without a copy the draft is all that is left of it.
  const isKnown = draftUid !== null || outgoing.draftId !== '';
  if (isKnown && failed.length === 0) {
    await attempt('draft', removeDraft(account, draftUid, outgoing.draftId));
  }
  const { origin } = outgoing;
  if (origin) {
    const flag = origin.kind === 'reply' ? 'answered' : 'forwarded';
    // The original may have been moved or deleted meanwhile; that is no news to the sender.
    await setFlag(account, origin.folder, origin.uids, flag, true).catch(() => {});
  }
  return failed;
}

async function keepCopy(
  account: MailAccount,
  outgoing: Outgoing,
  bytes: Buffer,
  preferences: Preferences,
): Promise<void> {
  const folder = await findSentFolder(account, outgoing, preferences, now());
  const stored = await withConnection(account, (client) =>
    client.append(folder, bytes, ['\\Seen']),
  );
  if (!stored) throw new Refusal('unavailable', 'The copy could not be stored.');
}

/** The hold of a message, or null where it leaves at once. Refusal 'invalid' for a time that cannot be. */
async function chooseHold(
  preferences: Preferences,
  sendAt: Date | null,
): Promise<Envelope['hold']> {
  const days = await readSetting('smtp.futureReleaseDays');
  if (sendAt) {
    if (Number.isNaN(sendAt.getTime()) || sendAt <= now()) {
      throw new Refusal('invalid', 'Choose a time that is still to come.', 'sendAt');
    }
    if (days === 0) throw new Refusal('invalid', 'This server sends nothing later.', 'sendAt');
    return { until: sendAt };
  }
  const seconds = Number(preferences['compose.undoSeconds']);
  return seconds > 0 && days > 0 ? { seconds: seconds + graceSeconds } : null;
}

async function findHeld(accountId: string, messageId: string) {
  const wanted = messageId.replace(/^<|>$/g, '');
  return (await listScheduled(accountId)).find(({ headerId }) => headerId === wanted) ?? null;
}

function fontOf(preferences: Preferences): string {
  const parts = [fonts[preferences['compose.font']], fontSizes[preferences['compose.fontSize']]];
  return parts.filter(Boolean).join(';');
}

async function removeUploads(accountId: string, outgoing: Outgoing): Promise<void> {
  const images = listImageIds(outgoing.html.replace(/\/api\/mail\/upload\?id=/g, 'cid:'));
  const quote = outgoing.quote ? [outgoing.quote.id] : [];
  for (const id of [...outgoing.attachments, ...images, ...quote]) {
    await removeUpload(accountId, id);
  }
}

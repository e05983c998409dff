// Sending: compose, hand to the daemon's submission port with the internal token, keep a copy in Sent, mark the
// original, remove the draft. After the server's 250 the message is sent: what fails then is told as a warning.
import nodemailer from 'nodemailer';
import { createInternalToken } from '../../accounts/sessions.ts';
import { internalSubmission } from '../../env.ts';
import { Refusal } from '../../errors.ts';
import { logOf } from '../../log.ts';
import { setFlag } from '../actions.ts';
import { type MailAccount, withConnection } from '../imap/pool.ts';
import { ensureRole } from '../list/mailboxes.ts';
import { checkRecipients, composeMessage, type Outgoing, withoutBcc } from './compose.ts';
import { removeDraft } from './drafts.ts';
import { removeUpload } from './uploads.ts';

export type Sent = { messageId: string; warning: string | null };
const log = logOf('webmail');

type SmtpError = { responseCode?: number; response?: string; code?: string };

/**
 * Sends a message. `draftUid` is the draft it grew from. Refusal with the server's words where it is not
 * accepted; nothing was sent then, and the draft stays.
 */
export async function sendMessage(
  account: MailAccount,
  outgoing: Outgoing,
  draftUid: number | null,
): Promise<Sent> {
  checkRecipients(outgoing);
  const composed = await composeMessage(account.id, outgoing, { isDraft: false });
  await submit(account, outgoing.from.address, composed.recipients, withoutBcc(composed.bytes));
  const failed: string[] = [];
  const attempt = (what: string, step: Promise<unknown>) =>
    step.catch((error: unknown) => {
      log.warn({ err: error, accountId: account.id, what }, 'after sending');
      failed.push(what);
    });
  await attempt('the copy in Sent could not be stored', keepCopy(account, composed.bytes));
  if (draftUid) await attempt('the draft could not be removed', removeDraft(account, draftUid));
  const { origin } = outgoing;
  if (origin) {
    const flag = origin.kind === 'reply' ? 'answered' : 'forwarded';
    // The original may have been moved or deleted meanwhile; that is no news to the sender.
    await setFlag(account, origin.folder, [origin.uid], flag, true).catch(() => {});
  }
  for (const id of outgoing.attachments) await removeUpload(account.id, id);
  return {
    messageId: composed.messageId,
    warning: failed.length > 0 ? `Sent, but ${failed.join(' and ')}.` : null,
  };
}

async function submit(
  account: MailAccount,
  from: string,
  to: string[],
  raw: Buffer,
): Promise<void> {
  const { host, port } = internalSubmission();
  const transport = nodemailer.createTransport({
    host,
    port,
    secure: false,
    ignoreTLS: true,
    auth: { type: 'OAUTH2', user: account.address, accessToken: createInternalToken(account) },
    connectionTimeout: 10_000,
    greetingTimeout: 15_000,
    socketTimeout: 120_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ envelope: { from, to }, raw });
  } catch (error) {
    throw translateSmtpError(error);
  } finally {
    transport.close();
  }
}

/** Refusal with what the server said, without its codes in front. */
export function translateSmtpError(error: unknown): unknown {
  const { responseCode, response, code } = (error ?? {}) as SmtpError;
  if (responseCode && response) {
    const said = response
      .replace(/^\d{3}[ -]/, '')
      .replace(/^\d\.\d{1,3}\.\d{1,3} /, '')
      .slice(0, 300);
    if (code === 'EAUTH') return new Refusal('auth-failed', 'Please sign in again.');
    if (responseCode === 552) return new Refusal('too-big', said);
    return new Refusal(responseCode >= 500 ? 'invalid' : 'unavailable', said);
  }
  if (code === 'ECONNECTION' || code === 'ESOCKET' || code === 'ETIMEDOUT' || code === 'EDNS') {
    return new Refusal('unavailable', 'The mail server does not answer. Your text is kept.');
  }
  return error;
}

async function keepCopy(account: MailAccount, bytes: Buffer): Promise<void> {
  const sent = await ensureRole(account, 'sent');
  await withConnection(account, (client) => client.append(sent, bytes, ['\\Seen']));
}

// The letters that tell of a hold: to the user whose outgoing mail waits, and to every administrator. Composed before
// the transaction, put in place by the one that makes the hold, so that nobody is told twice or never.
import { readAccount } from '#lib/accounts/account.ts';
import { now } from '#lib/clock.ts';
import { db, type Tx } from '#lib/db.ts';
import { newId, newTraceId } from '#lib/id.ts';
import { deliveredToField, foldField, returnPathField } from '#lib/mail/compose.ts';
import { formatDate } from '#lib/mail/date.ts';
import { holdSendingIn } from '#lib/queue/sending-hold.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';

export type HoldNotice = {
  accountId: string;
  why: string;
  letters: (NewCopy & { address: string })[];
};

/** How the trail names who makes the hold. */
export const brakeName = 'sending brake';

/** Letters about a burst of the account; `why` in words ("240 messages within 60 minutes"). */
export async function prepareHoldNotice(accountId: string, why: string): Promise<HoldNotice> {
  const account = await readAccount(accountId);
  if (!account) return { accountId, why, letters: [] };
  const administrators = await db.account.findMany({
    where: { role: 'admin', isDisabled: false },
    select: { id: true, address: true },
    orderBy: { id: 'asc' },
  });
  const { address } = account;
  const letters = [
    await writeLetter({ id: accountId, address }, tellUser(address, why), address),
    ...(await Promise.all(
      administrators.map((admin) => writeLetter(admin, tellAdministrator(address, why), address)),
    )),
  ];
  return { accountId, why, letters };
}

/**
 * Makes the hold and stores the letters inside the caller's step, which has locked the account's day (lockSendingDay):
 * nobody else makes one. Neither where it is held already.
 */
export async function insertHold(tx: Tx, notice: HoldNotice): Promise<boolean> {
  const { accountId, why, letters } = notice;
  const account = await tx.account.findUnique({
    where: { id: accountId },
    select: { sendingHold: true },
  });
  if (account?.sendingHold !== '') return false;
  // Mailboxes before accounts, the order of locks everywhere.
  const stored = await appendAllIn(
    tx,
    letters.map((letter) => [letter]),
  );
  await holdSendingIn(tx, accountId, 'burst', brakeName, why);
  const traceId = newTraceId();
  const events = letters.flatMap(({ accountId, mailboxId, address, body }, index): NewEvent[] => {
    const outcome = stored[index];
    if (!Array.isArray(outcome)) return [];
    const event = { traceId, kind: 'delivered' as const, accountId, recipient: address };
    const detail = { mailboxId, uid: outcome[0]?.uid };
    return [{ ...event, reason: 'sending-held', text: body.facts.subject, detail }];
  });
  await recordEventsIn(tx, events);
  return true;
}

/** After the commit. */
export function pokeHold({ letters }: HoldNotice): void {
  for (const { accountId, mailboxId } of letters) pokeMailbox(accountId, mailboxId);
}

type Words = { subject: string; lines: string[] };

async function writeLetter(
  reader: { id: string; address: string },
  { subject, lines }: Words,
  about: string,
): Promise<HoldNotice['letters'][number]> {
  const hostname = await serverHostname();
  const domain = about.slice(about.lastIndexOf('@') + 1);
  const header = [
    foldField('Date', formatDate(now())),
    foldField('From', `Mail System <postmaster@${domain}>`),
    foldField('To', `<${reader.address}>`),
    foldField('Subject', subject),
    foldField('Message-ID', `<${newId()}@${hostname}>`),
    // RFC 3834 §5: nothing answers it automatically.
    foldField('Auto-Submitted', 'auto-generated'),
    'MIME-Version: 1.0\r\n',
    'Content-Type: text/plain; charset=utf-8\r\n',
    'Content-Transfer-Encoding: 8bit\r\n',
  ];
  await ensureMailboxes(reader.id);
  const inbox = await findMailbox(reader.id, 'INBOX');
  return {
    accountId: reader.id,
    address: reader.address,
    mailboxId: inbox?.id ?? '',
    body: await stageBytes(Buffer.from(`${header.join('')}\r\n${lines.join('\r\n')}\r\n`)),
    prefix: Buffer.from(returnPathField('') + deliveredToField(reader.address)),
    flags: 0,
    keywords: [],
    internalDate: now(),
    mayExceedQuota: true,
  };
}

function tellUser(address: string, why: string): Words {
  return {
    subject: 'Your outgoing mail waits for the administrator',
    lines: [
      `Unusually much mail was sent with the login ${address}:`,
      '',
      `  ${why}`,
      '',
      'This is how a stolen password shows. What you send is taken, but waits until an',
      'administrator has looked at it. Nothing is lost, and mail to you comes in as ever.',
      '',
      'If it was you: tell your administrator, who lets the mail go with one click.',
      'If it was not: tell your administrator at once, and change your password.',
      '',
      'This message was made by the mail system.',
    ],
  };
}

function tellAdministrator(address: string, why: string): Words {
  return {
    subject: `Outgoing mail of ${address} is held`,
    lines: [
      `The user ${address} has sent unusually much:`,
      '',
      `  ${why}`,
      '',
      'All outgoing mail of this user waits in the queue since then, and so does what is',
      'still submitted. The user was told.',
      '',
      'What to do: look at the queue (admin panel, Queue), then open the user (admin panel,',
      'Users) and choose:',
      '',
      '  Release            the mail is in order: it leaves now',
      '  Lock the account   the password is stolen: it is taken away, all sessions end,',
      '                     the mail stays held and can be dropped',
      '',
      `In a terminal: drey user sending ${address} --release (or --lock, --drop)`,
      '',
      'The limits are settings of the group "sending".',
      'This message was made by the mail system.',
    ],
  };
}

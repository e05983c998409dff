// The letters that tell of a hold: to the user whose outgoing mail waits, and to every administrator. Composed before
// the transaction, put in place by the one that makes the hold, so that nobody is told twice or never.
import { readAccount } from '#lib/accounts/account.ts';
import type { Tx } from '#lib/db.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { holdSendingIn } from '#lib/queue/sending-hold.ts';
import {
  insertLetters,
  type Letter,
  listAdministrators,
  pokeLetters,
  type Words,
  writeLetter,
} from './letter.ts';

export type HoldNotice = {
  accountId: string;
  why: string;
  letters: Letter[];
};

/** How the trail names who makes the hold. */
export const brakeName = 'sending brake';

/** Letters about a burst of the account; `why` in words ("240 messages within 60 minutes"). */
export async function prepareHoldNotice(accountId: string, why: string): Promise<HoldNotice> {
  const account = await readAccount(accountId);
  if (!account) return { accountId, why, letters: [] };
  const { address } = account;
  const { domain } = splitAddress(address);
  const administrators = await listAdministrators();
  const letters = [
    await writeLetter({ id: accountId, address }, tellUser(address, why), domain),
    ...(await Promise.all(
      administrators.map((admin) => writeLetter(admin, tellAdministrator(address, why), domain)),
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
  await insertLetters(tx, letters, 'sending-held');
  await holdSendingIn(tx, accountId, 'burst', brakeName, why);
  return true;
}

/** After the commit. */
export function pokeHold({ letters }: HoldNotice): void {
  pokeLetters(letters);
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

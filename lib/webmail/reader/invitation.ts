// Invitations in a message: shown, filed in the calendar, answered by mail to their organizer (RFC 6047). The calendar's
// own rules are in lib/calendar/invitation.ts; here is the way from the part and to the submission.
import { randomUUID } from 'node:crypto';
import {
  answerInvitation,
  type InvitationAnswer,
  importInvitation,
  readInvitation,
} from '../../calendar/invitation.ts';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { formatAddress } from '../../mail/address.ts';
import { formatDate } from '../../mail/date.ts';
import { foldField } from '../../mail/header.ts';
import { encodeWords } from '../../mail/words.ts';
import { submitMessage } from '../compose/submit.ts';
import type { MailAccount } from '../imap/pool.ts';
import { readPartText } from './part-text.ts';

export type InvitationView = {
  kind: 'request' | 'cancel' | 'reply' | 'publish';
  title: string;
  place: string;
  text: string;
  /** ISO */
  startsAt: string;
  endsAt: string;
  isAllDay: boolean;
  recurrence: string;
  organizer: string;
  mayAnswer: boolean;
  kept: { answer: '' | 'accepted' | 'tentative' | 'declined' } | null;
};

export type InvitationAction = 'accepted' | 'tentative' | 'declined' | 'import';
type Reader = MailAccount & { displayName: string };
type Place = { folder: string; uid: number; part: string };

/** What an invitation says. Refusal 'not-found', 'invalid' for a part that is none. */
export async function viewInvitation(account: Reader, place: Place): Promise<InvitationView> {
  return toView(account, await readIcs(account, place));
}

/** Files it, or answers it and files it. Refusal as viewInvitation(), 'conflict', or the server's words. */
export async function actOnInvitation(
  account: Reader,
  place: Place,
  action: InvitationAction,
): Promise<InvitationView> {
  const ics = await readIcs(account, place);
  if (action === 'import') await importInvitation(account, ics);
  else {
    const answer = await answerInvitation(account, ics, action);
    const { from, to } = answer;
    const envelope = { from: from.address, to: [to.address] };
    await submitMessage(
      account,
      { ...envelope, hold: null, wantsDeliveryReceipt: false },
      composeAnswer(answer, now()),
    );
  }
  return toView(account, ics);
}

async function readIcs(account: Reader, { folder, uid, part }: Place): Promise<string> {
  const { text, type, isCut } = await readPartText(account, folder, uid, part);
  const isCalendar = type === 'text/calendar' || type === 'application/ics';
  if (!isCalendar || isCut) throw new Refusal('invalid', 'This is no invitation.');
  return text;
}

async function toView(account: Reader, ics: string): Promise<InvitationView> {
  const { kind, event, organizer, mayAnswer, kept, isOld } = await readInvitation(account, ics);
  return {
    kind,
    title: event.title,
    place: event.place,
    text: event.text,
    startsAt: event.startsAt.toISOString(),
    endsAt: event.endsAt.toISOString(),
    isAllDay: event.isAllDay,
    recurrence: event.recurrence,
    organizer: organizer ? organizer.name || organizer.address : '',
    mayAnswer: mayAnswer && !isOld,
    kept: kept && { answer: kept.answer },
  };
}

/** The reply as a message: its words for people, its calendar part for programs (RFC 6047 §2.4). */
export function composeAnswer(answer: InvitationAnswer, at: Date): Buffer {
  const { from, to, subject, ics } = answer;
  const boundary = `drey-${randomUUID()}`;
  const part = (type: string, text: string) => [
    `--${boundary}`,
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    '',
    toBase64(text),
  ];
  const head = [
    foldField('From', formatAddress(from)),
    foldField('To', formatAddress(to)),
    foldField('Subject', encodeWords(subject.slice(0, 300))),
    foldField('Date', formatDate(at)),
    foldField('Message-ID', `<${randomUUID()}@${from.address.split('@').pop()}>`),
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/alternative; boundary="${boundary}"\r\n`,
  ].join('');
  const body = [
    ...part('text/plain; charset=utf-8', `${subject}\r\n`),
    ...part('text/calendar; charset=utf-8; method=REPLY', ics),
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(`${head}\r\n${body.join('\r\n')}`);
}

function toBase64(text: string): string {
  return Buffer.from(text)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
}

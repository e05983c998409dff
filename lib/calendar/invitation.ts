// Invitations that come by mail (iTIP, RFC 5546; iMIP, RFC 6047): shown, brought into the calendar, answered. Nothing
// happens by itself: a person presses a button. Invariant: an answer says something of the account's own address only.
import type { Account } from '../accounts/account.ts';
import { listOwnAddresses } from '../accounts/route.ts';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { readPreferences } from '../preferences/index.ts';
import { type Answer, addEventsIn, type CalendarEvent, readEvent, toEvent } from './event.ts';
import { type ReadEvent, readEvents, uidToKeep } from './ics-events.ts';
import { escapeText, formatUtc, quoteParameter, writeCalendar } from './ics-text.ts';

type Owner = Pick<Account, 'id' | 'address' | 'displayName'>;

export type Invitation = Pick<ReadEvent, 'organizer' | 'attendees' | 'isRuleLost' | 'sequence'> & {
  /** "request": may be answered; "cancel": is called off; "reply": somebody answers; "publish": a plain event */
  kind: 'request' | 'cancel' | 'reply' | 'publish';
  event: ReadEvent['fields'];
  uid: string;
  /** The one in the calendar already, with the answer given, or null */
  kept: CalendarEvent | null;
  /** The calendar knows a newer one: this has been overtaken (RFC 5546 §2.1.5) */
  isOld: boolean;
  mayAnswer: boolean;
  /** More events stand in the text than the one shown */
  others: number;
};

const maxLength = 1024 * 1024;

/** What a text/calendar part says to `account`. Refusal 'invalid' where there is no event in it, 'too-big'. */
export async function readInvitation(account: Owner, icsText: string): Promise<Invitation> {
  const { method, event, others } = await readFirst(account, icsText);
  const kept = await findKept(account.id, event);
  const own = await findOwn(account, event);
  const kind = event.isCancelled ? 'cancel' : kindOf(method);
  return {
    kind,
    event: event.fields,
    uid: event.uid,
    organizer: event.organizer,
    attendees: event.attendees,
    isRuleLost: event.isRuleLost,
    sequence: event.sequence,
    kept: kept && toEvent(kept),
    isOld: kept !== null && sequenceOf(kept.source) > event.sequence,
    mayAnswer:
      kind === 'request' && event.organizer !== null && event.organizer.address !== own.address,
    others,
  };
}

function kindOf(method: string): Invitation['kind'] {
  if (method === 'REQUEST') return 'request';
  if (method === 'CANCEL') return 'cancel';
  return method === 'REPLY' ? 'reply' : 'publish';
}

/**
 * Brings the event of an invitation into the calendar, or what it changes; one that is called off goes from it. What
 * is kept, or null where it went. Refusal 'invalid', 'conflict' for one that has been overtaken.
 */
export async function importInvitation(
  account: Owner,
  icsText: string,
  answer?: Answer,
): Promise<CalendarEvent | null> {
  const { method, event } = await readFirst(account, icsText);
  if (method === 'REPLY') throw new Refusal('invalid', 'This is an answer, not an event.');
  const kept = await findKept(account.id, event);
  if (kept && sequenceOf(kept.source) > event.sequence) {
    throw new Refusal('conflict', 'A newer version of this event is in your calendar.');
  }
  const uid = uidToKeep(event);
  if (method === 'CANCEL' || event.isCancelled) {
    await write((tx) => tx.calendarEvent.deleteMany({ where: { accountId: account.id, uid } }));
    return null;
  }
  const reminderMinutes = event.fields.reminderMinutes ?? kept?.reminderMinutes ?? null;
  const fields = { ...event.fields, reminderMinutes };
  const [row] = await write((tx) =>
    addEventsIn(tx, account.id, [{ fields, uid, answer, source: icsText }]),
  );
  return row ? readEvent(account.id, row.id) : null;
}

export type InvitationAnswer = {
  /** The organizer */
  to: { name: string; address: string };
  /** The own address that was invited: the From of the answer (RFC 6047 §2.2.1) */
  from: { name: string; address: string };
  /** "Accepted: Lunch", in English as RFC 5546's words are; callers may say it in another language */
  subject: string;
  /** The text/calendar part, "method=REPLY" */
  ics: string;
  /** What is in the calendar now */
  event: CalendarEvent | null;
};

const statuses = { accepted: 'ACCEPTED', tentative: 'TENTATIVE', declined: 'DECLINED' } as const;

/**
 * Answers an invitation: remembers the answer in the calendar and makes the text of the reply, which the caller sends.
 * Refusal 'invalid' where it cannot be answered, 'conflict' as importInvitation().
 */
export async function answerInvitation(
  account: Owner,
  icsText: string,
  answer: Exclude<Answer, ''>,
  comment = '',
): Promise<InvitationAnswer> {
  const { method, event } = await readFirst(account, icsText);
  const from = await findOwn(account, event);
  const { organizer } = event;
  if (method !== 'REQUEST' || !organizer || organizer.address === from.address) {
    throw new Refusal('invalid', 'This invitation cannot be answered.');
  }
  const kept = await importInvitation(account, icsText, answer);
  const status = statuses[answer];
  const title = event.fields.title;
  const word = status[0] + status.slice(1).toLowerCase();
  return {
    to: { name: organizer.name, address: organizer.address },
    from,
    subject: `${word}: ${title}`,
    ics: writeReply(event, from, status, comment),
    event: kept,
  };
}

/** RFC 5546 §3.2.3 */
function writeReply(
  event: ReadEvent,
  from: { name: string; address: string },
  status: string,
  comment: string,
): string {
  const { fields, organizer } = event;
  const time = (moment: Date) =>
    fields.isAllDay ? `;VALUE=DATE:${formatUtc(moment).slice(0, 8)}` : `:${formatUtc(moment)}`;
  const name = from.name ? `;CN=${quoteParameter(from.name)}` : '';
  const isDay = event.recurrenceId.length === 8;
  return writeCalendar(
    [
      'BEGIN:VEVENT',
      `UID:${escapeText(event.uid)}`,
      `DTSTAMP:${formatUtc(now())}`,
      `SEQUENCE:${event.sequence}`,
      ...(event.recurrenceId
        ? [`RECURRENCE-ID${isDay ? ';VALUE=DATE' : ''}:${recurrenceMoment(event)}`]
        : []),
      `ORGANIZER:mailto:${organizer?.address ?? ''}`,
      `ATTENDEE;PARTSTAT=${status}${name}:mailto:${from.address}`,
      `DTSTART${time(fields.startsAt)}`,
      `DTEND${time(fields.endsAt)}`,
      `SUMMARY:${escapeText(fields.title)}`,
      ...(comment ? [`COMMENT:${escapeText(comment.slice(0, 1000))}`] : []),
      'END:VEVENT',
    ],
    'REPLY',
  );
}

/** The changed time stands where it was: an instant, which every program compares alike. */
function recurrenceMoment({ recurrenceId, recurrenceAt }: ReadEvent): string {
  return recurrenceAt ? formatUtc(recurrenceAt) : recurrenceId;
}

async function readFirst(
  account: Owner,
  icsText: string,
): Promise<{ method: string; event: ReadEvent; others: number }> {
  if (icsText.length > maxLength) throw new Refusal('too-big', 'The invitation is too large.');
  const { method, events } = readEvents(icsText, await zoneOf(account.id));
  const [event] = events;
  if (!event) throw new Refusal('invalid', 'There is no event in it.');
  return { method, event, others: events.length - 1 };
}

/** Under which of its addresses the account was invited; its main one where none is named. */
async function findOwn(
  account: Owner,
  event: ReadEvent,
): Promise<{ name: string; address: string }> {
  const own = new Set([account.address, ...(await listOwnAddresses(account.id))]);
  const invited = event.attendees.find(({ address }) => own.has(address));
  return { name: account.displayName, address: invited?.address ?? account.address };
}

async function findKept(accountId: string, event: ReadEvent) {
  const uid = uidToKeep(event);
  return db.calendarEvent.findUnique({ where: { accountId_uid: { accountId, uid } } });
}

function sequenceOf(source: string): number {
  return Number(/^SEQUENCE:[ \t]*(\d{1,9})/im.exec(source)?.[1] ?? 0);
}

/** The zone an account chose, else UTC: a browser's own is not known here. */
export async function zoneOf(accountId: string): Promise<string> {
  const zone = (await readPreferences(accountId))['display.timeZone'];
  return zone === 'auto' ? 'UTC' : zone;
}

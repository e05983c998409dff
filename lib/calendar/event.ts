// The events of an account. An id of another account is 'not-found'.
import { randomUUID } from 'node:crypto';
import { now } from '../clock.ts';
import { db, type Tx, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { newId } from '../id.ts';
import {
  checkEvent,
  checkRecurrence,
  type EventFields,
  type EventInput,
  joinRecurrence,
  splitRecurrence,
} from './event-fields.ts';

export type Answer = '' | 'accepted' | 'tentative' | 'declined';
export type CalendarEvent = EventFields & { id: string; uid: string; answer: Answer };
/** An event to store: from a file or an invitation with its text, or one that comes back. */
export type NewEvent = { fields: EventFields; uid?: string; answer?: Answer; source?: string };

export const maxEvents = 10_000;
const maxSource = 64 * 1024;

type Row = NonNullable<Awaited<ReturnType<typeof db.calendarEvent.findUnique>>>;

export function toEvent({ accountId: _a, source: _s, updatedAt: _u, ...row }: Row): CalendarEvent {
  return { ...row, answer: row.answer as Answer };
}

/** An event. Refusal 'not-found'. */
export async function readEvent(accountId: string, id: string): Promise<CalendarEvent> {
  const row = await db.calendarEvent.findUnique({ where: { accountId_id: { accountId, id } } });
  if (!row) throw missing();
  return toEvent(row);
}

/** Every event, the earliest first. */
export async function listEvents(accountId: string): Promise<CalendarEvent[]> {
  const where = { accountId };
  const rows = await db.calendarEvent.findMany({ where, orderBy: { startsAt: 'asc' } });
  return rows.map(toEvent);
}

/** Adds an event. Refusal 'invalid', 'limit'. */
export async function addEvent(accountId: string, input: EventInput): Promise<CalendarEvent> {
  const fields = checkEvent(input);
  const [row] = await write((tx) => addEventsIn(tx, accountId, [{ fields }]));
  return toEvent(row as Row);
}

/** Adds events as a part of a step; one whose UID is there already is changed. Refusal 'limit'. */
export async function addEventsIn(tx: Tx, accountId: string, added: NewEvent[]): Promise<Row[]> {
  const count = await tx.calendarEvent.count({ where: { accountId } });
  if (count + added.length > maxEvents) {
    throw new Refusal('limit', `At most ${maxEvents} events fit into a calendar.`);
  }
  const rows: Row[] = [];
  for (const { fields, uid = randomUUID(), answer, source = '' } of added) {
    const data = {
      ...fields,
      source: source.length > maxSource ? '' : source,
      updatedAt: now(),
    };
    rows.push(
      await tx.calendarEvent.upsert({
        where: { accountId_uid: { accountId, uid } },
        create: { accountId, id: newId(), uid, answer: answer ?? '', ...data },
        update: answer === undefined ? data : { ...data, answer },
      }),
    );
  }
  return rows;
}

/** Changes an event wholly; those left out of its recurrence stay so. Refusal 'not-found', 'invalid'. */
export async function updateEvent(
  accountId: string,
  id: string,
  input: EventInput,
): Promise<CalendarEvent> {
  const fields = checkEvent(input);
  const row = await write(async (tx) => {
    const known = await tx.calendarEvent.findUnique({ where: { accountId_id: { accountId, id } } });
    if (!known) throw missing();
    const { leftOut } = splitRecurrence(known.recurrence);
    const { rule } = splitRecurrence(fields.recurrence);
    const isMoved = known.startsAt.getTime() !== fields.startsAt.getTime();
    const recurrence = rule === '' ? '' : joinRecurrence(rule, isMoved ? [] : leftOut);
    const data = { ...fields, recurrence, updatedAt: now() };
    return tx.calendarEvent.update({ where: { accountId_id: { accountId, id } }, data });
  });
  return toEvent(row);
}

/** Removes an event, all of it. Refusal 'not-found'. */
export async function removeEvent(accountId: string, id: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.calendarEvent.deleteMany({ where: { accountId, id } });
    if (count === 0) throw missing();
  });
}

/**
 * Leaves one time out of a recurring event: `time` as its own clock shows it, "20261123T090000" or "20261123".
 * Refusal 'not-found', 'invalid' for an event that happens once.
 */
export async function leaveOut(accountId: string, id: string, time: string): Promise<void> {
  await write(async (tx) => {
    const where = { accountId_id: { accountId, id } };
    const row = await tx.calendarEvent.findUnique({ where });
    if (!row) throw missing();
    if (row.recurrence === '' || !/^\d{8}(?:T\d{6})?$/.test(time)) {
      throw new Refusal('invalid', 'This event happens once.');
    }
    const { rule, leftOut } = splitRecurrence(row.recurrence);
    const recurrence = checkRecurrence(joinRecurrence(rule, [...leftOut, time]));
    await tx.calendarEvent.update({ where, data: { recurrence, updatedAt: now() } });
  });
}

/** Puts a removed event back. Refusal 'invalid', 'limit'. */
export async function restoreEvent(
  accountId: string,
  input: EventInput & { uid?: unknown; answer?: unknown },
): Promise<CalendarEvent> {
  const fields = checkEvent(input);
  const uid =
    typeof input.uid === 'string' && input.uid !== '' ? input.uid.slice(0, 300) : undefined;
  const answer = answers.find((each) => each === input.answer);
  const [row] = await write((tx) => addEventsIn(tx, accountId, [{ fields, uid, answer }]));
  return toEvent(row as Row);
}

const answers: Answer[] = ['', 'accepted', 'tentative', 'declined'];

function missing(): Refusal {
  return new Refusal('not-found', 'This event does not exist.');
}

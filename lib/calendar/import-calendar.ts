// A file of events into a calendar. Events that are there already (by UID) are changed to what the file says.
import { write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { guessText } from '../mail/charset.ts';
import { addEventsIn } from './event.ts';
import { maxIcsLength } from './ics.ts';
import { readEvents, uidToKeep } from './ics-events.ts';

export type CalendarImport = {
  added: number;
  /** Without a time or a UID */
  unreadable: number;
  /** Kept once, because their repetition is not understood */
  simplified: number;
};
const stepSize = 200;

/** Brings a file in; times without a zone are of `zone`. Refusal 'too-big', 'invalid', 'limit'. */
export async function importCalendar(
  accountId: string,
  bytes: Uint8Array,
  zone: string,
): Promise<CalendarImport> {
  if (bytes.length > maxIcsLength) throw new Refusal('too-big', 'The file is larger than 5 MB.');
  const { events, unreadable } = readEvents(guessText(bytes), zone);
  if (events.length === 0) throw new Refusal('invalid', 'There are no events in this file.');
  const kept = events.filter(({ isCancelled }) => !isCancelled);
  for (let start = 0; start < kept.length; start += stepSize) {
    const part = kept.slice(start, start + stepSize);
    await write((tx) =>
      addEventsIn(
        tx,
        accountId,
        part.map((event) => ({ fields: event.fields, uid: uidToKeep(event) })),
      ),
    );
  }
  const simplified = kept.filter(({ isRuleLost }) => isRuleLost).length;
  return { added: kept.length, unreadable, simplified };
}

// A file of events (.ics) into the calendar.
import { maxIcsLength } from '#lib/calendar/ics.ts';
import { importCalendar } from '#lib/calendar/import-calendar.ts';
import { changeRoute } from '../../answer.ts';
import { readFileBody } from '../../contacts/read-file-body.ts';
import { readZone } from '../zone-of.ts';

/** POST ?zone= with the file as the body → CalendarImport */
export const POST = changeRoute(async ({ id }, request) => {
  const bytes = await readFileBody(request, maxIcsLength);
  return importCalendar(id, bytes, await readZone(request, id));
});

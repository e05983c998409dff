// The time zone of the service (setting server.timeZone), for the dates that the mail system itself writes.
import { readSetting } from './index.ts';
import { offsetMinutesAt } from './time-zone.ts';

/** Minutes east of UTC at that moment. */
export async function serviceOffset(at: Date): Promise<number> {
  return offsetMinutesAt(at, await readSetting('server.timeZone'));
}

// The time zone of the service (setting server.timeZone), for the dates that the mail system itself writes.
import { readSetting } from './index.ts';
import { offsetMinutesAt } from './time-zone.ts';

/** Minutes east of UTC at that moment. */
export async function serviceOffset(at: Date): Promise<number> {
  return offsetMinutesAt(at, await readSetting('server.timeZone'));
}

/** What writes moments: "2026-11-21 20:05 Europe/Berlin". UTC where no zone is set: readers may be elsewhere than the server. */
export async function readServiceClock(): Promise<(at: Date) => string> {
  const zone = (await readSetting('server.timeZone')) || 'UTC';
  return (at) => `${formatInZone(at, zone).slice(0, 16)} ${zone}`;
}

/** "2026-11-21 20:05:33" by the clocks of that zone. */
export function formatInZone(at: Date, zone: string): string {
  const shifted = new Date(at.getTime() + offsetMinutesAt(at, zone) * 60_000);
  return shifted.toISOString().slice(0, 19).replace('T', ' ');
}

const dayMs = 86_400_000;

/** The midnight there before `at`. */
export async function startOfServiceDay(at: Date): Promise<Date> {
  const zone = await readSetting('server.timeZone');
  const offsetMs = (moment: number) => offsetMinutesAt(new Date(moment), zone) * 60_000;
  const midnight = Math.floor((at.getTime() + offsetMs(at.getTime())) / dayMs) * dayMs;
  // The clock may have been changed since then.
  return new Date(midnight - offsetMs(midnight - offsetMs(at.getTime())));
}

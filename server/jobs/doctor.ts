// The timed job that lets the doctor look at everything once a day. What it finds stands on its page and in health; the
// first problem and the end of the last one leave an event (lib/doctor/report.ts).
import { now } from '#lib/clock.ts';
import { type DoctorReport, readDoctorReport } from '#lib/doctor/report.ts';
import { readSetting } from '#lib/settings/index.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import { runDoctor } from '../doctor/index.ts';
import { findLastMoment } from './daily.ts';

/** A daemon that nobody has asked yet waits for the time of day. */
const startedAt = now();

/** Looks when it is due by the setting doctor.time. */
export async function lookWhenDue(
  run: () => Promise<DoctorReport> = runDoctor,
  begun = startedAt,
): Promise<{ problems: number; warnings: number }> {
  const time = await readSetting('doctor.time');
  const nothing = { problems: 0, warnings: 0 };
  if (time === '') return nothing;
  const moment = findLastMoment(time, now(), await serviceOffset(now()));
  if ((await findLastLook(begun)) >= moment) return nothing;
  const { outcomes } = await run();
  const count = (verdict: string) => outcomes.filter((each) => each.verdict === verdict).length;
  return { problems: count('problem'), warnings: count('warning') };
}

/** When the check was asked that nobody has asked for longest. */
async function findLastLook(begun: Date): Promise<Date> {
  const report = await readDoctorReport();
  if (!report || report.outcomes.length === 0) return begun;
  return new Date(Math.min(...report.outcomes.map(({ at }) => new Date(at).getTime())));
}

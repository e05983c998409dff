// The timed job that lets the doctor look at everything once a day. What it finds stands on its page and in health; the
// first problem and the end of the last one leave an event (lib/doctor/report.ts).
import { now } from '#lib/clock.ts';
import { type DoctorReport, readDoctorReport } from '#lib/doctor/report.ts';
import { newId } from '#lib/id.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { readSetting } from '#lib/settings/index.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import { runDoctor } from '../doctor/index.ts';
import { findLastMoment } from './daily.ts';

/** A daemon that nobody has asked yet waits for the time of day. */
const startedAt = now();
/** Longer than the slowest check may take. */
const lease = { id: 'doctor', holder: newId(), ms: 120_000 };

/** Looks when it is due by the setting doctor.time, unless another node does. */
export async function lookWhenDue(
  run: () => Promise<DoctorReport> = runDoctor,
  begun = startedAt,
): Promise<{ problems: number; warnings: number }> {
  const time = await readSetting('doctor.time');
  const nothing = { problems: 0, warnings: 0 };
  if (time === '') return nothing;
  const moment = findLastMoment(time, now(), await serviceOffset(now()));
  if ((await findLastLook(begun)) >= moment) return nothing;
  if (!(await takeLease(lease.id, lease.holder, lease.ms))) return nothing;
  try {
    // Another node may have looked between the two.
    return (await findLastLook(begun)) >= moment ? nothing : countFound(await run());
  } finally {
    await endLease(lease.id, lease.holder);
  }
}

function countFound({ outcomes }: DoctorReport): { problems: number; warnings: number } {
  const count = (verdict: string) => outcomes.filter((each) => each.verdict === verdict).length;
  return { problems: count('problem'), warnings: count('warning') };
}

/** When the check was asked that nobody has asked for longest. */
async function findLastLook(begun: Date): Promise<Date> {
  const report = await readDoctorReport();
  if (!report || report.outcomes.length === 0) return begun;
  return new Date(Math.min(...report.outcomes.map(({ at }) => new Date(at).getTime())));
}

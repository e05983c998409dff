// What health watches all the time (lib/numbers/health), as a check: the same words here and there.
import type { Judged } from '#lib/doctor/report.ts';
import { type Colour, readHealth } from '#lib/numbers/health/index.ts';
import { type DoctorCheck, ok, problem, unknown, warning } from './check.ts';

const verdicts: Record<Colour, (found: string, fix: string) => Judged> = {
  green: ok,
  yellow: warning,
  red: problem,
};

function watch(id: string, title: string, looksAt: string): DoctorCheck {
  return {
    ...{ id, title, looksAt },
    run: async () => {
      const part = (await readHealth()).find(({ name }) => name === id);
      return part ? verdicts[part.colour](part.text, part.todo) : unknown('Nobody watches it.');
    },
  };
}

export const backup = watch('backup', 'Backup', 'Disks die, people delete.');
export const jobs = watch(
  'jobs',
  'Timed jobs',
  'They tidy up, renew and report; one that fails for days is felt.',
);

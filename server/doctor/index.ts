// The doctor: every check in the order in which a person reads them. A new one is a file and a line here. The first run, the
// page of the panel and `drey doctor` run this list.
import { z } from 'zod';
import { type DoctorReport, type Judged, saveDoctorReport } from '#lib/doctor/report.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { forgetAnswers } from '../dns/forget.ts';
import { blockLists } from './block-lists.ts';
import { certificate } from './certificate.ts';
import { type DoctorCheck, unknown } from './check.ts';
import { clients } from './clients.ts';
import { clock } from './clock.ts';
import { database } from './database.ts';
import { disk } from './disk.ts';
import { domains } from './domains.ts';
import { hostName } from './host-name.ts';
import { migrations } from './migrations.ts';
import { openFiles } from './open-files.ts';
import { outbound } from './outbound.ts';
import { permissions } from './permissions.ts';
import { ports } from './ports.ts';
import { proxy } from './proxy.ts';
import { queue } from './queue.ts';
import { relay } from './relay.ts';
import { resolver } from './resolver.ts';
import { reverseName } from './reverse-name.ts';
import { backup, jobs } from './watched.ts';

export const checks: DoctorCheck[] = [
  resolver,
  hostName,
  reverseName,
  outbound,
  blockLists,
  ports,
  relay,
  clients,
  proxy,
  certificate,
  domains,
  clock,
  disk,
  openFiles,
  permissions,
  database,
  migrations,
  backup,
  queue,
  jobs,
];

/** One that takes longer says so: whoever asks waits for an answer. */
const waitMs = 20_000;
const log = logOf('doctor');

/** Runs the checks of these ids, or all, and keeps what they say. Refusal 'not-found' for an id that is none. */
export async function runDoctor(ids?: string[], list = checks): Promise<DoctorReport> {
  const unknownId = ids?.find((id) => !list.some((check) => check.id === id));
  if (unknownId) throw new Refusal('not-found', `There is no check "${unknownId}".`);
  const asked = list.filter(({ id }) => ids === undefined || ids.includes(id));
  // Who has just changed the DNS wants to hear of it, not of the answer of a minute ago.
  forgetAnswers();
  const found = await Promise.all(
    asked.map(async (check) => {
      const { id, title, looksAt } = check;
      return { id, title, looksAt, ...(await runCheck(check)) };
    }),
  );
  return saveDoctorReport(
    found,
    list.map(({ id }) => id),
  );
}

async function runCheck(check: DoctorCheck): Promise<Judged> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Judged>((resolve) => {
    timer = setTimeout(
      () => resolve(unknown('It took too long.', 'Look at the name server first.')),
      waitMs,
    );
  });
  const run = check.run().catch((error: unknown) => {
    // One that fails must not take the others with it.
    if (!isRefusal(error)) log.error({ err: error, check: check.id }, 'a check failed');
    return unknown(isRefusal(error) ? error.message : `It failed: ${(error as Error).message}`);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}

const question = z.object({ ids: z.array(z.string().max(40)).max(50).optional() }).nullable();

/** The same for the panel (server/control). Refusal 'invalid', 'not-found'. */
export async function answerDoctor(input: unknown): Promise<DoctorReport> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the checks.');
  return runDoctor(asked.data?.ids);
}

// Destinations that nothing is sent to for now, by an administrator's wish: a domain, or "*" for the whole queue. The
// rows wait as they are, without an attempt; their lifetime goes on. Attempts that have begun are finished.
import { now } from '#lib/clock.ts';
import { db, readOnceACommit, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';

export type Pause = {
  /** Domain, or "*". */
  destination: string;
  reason: string;
  by: string;
  /** Null = until somebody resumes. */
  until: Date | null;
  createdAt: Date;
};

const maxPauses = 1000;

const readAll = readOnceACommit(() => db.pause.findMany({ orderBy: { id: 'asc' } }));

/** Pauses that hold at this moment, the whole queue first. */
export async function listPauses(): Promise<Pause[]> {
  const at = now();
  return (await readAll())
    .filter(({ until }) => until === null || until > at)
    .map(({ id, ...pause }) => ({ destination: id, ...pause }));
}

/** Pauses, or changes what is paused. Refusal 'invalid' with the field. */
export async function addPause(
  input: { destination: string; reason?: string; until?: Date | null },
  by: string,
): Promise<void> {
  const id = checkDestination(input.destination);
  const reason = (input.reason ?? '').trim();
  const until = input.until ?? null;
  if (reason.length > 200 || /\p{Cc}/u.test(reason)) {
    throw new Refusal('invalid', 'A reason is one line of at most 200 characters.', 'reason');
  }
  const at = now();
  if (until && !(until > at)) {
    throw new Refusal('invalid', 'The end has to be in the future.', 'until');
  }
  await write(async (tx) => {
    // What is over leaves when somebody looks.
    await tx.pause.deleteMany({ where: { until: { lte: at } } });
    if ((await tx.pause.count()) >= maxPauses) {
      throw new Refusal(
        'invalid',
        'So many destinations are paused: pause the queue.',
        'destination',
      );
    }
    const fields = { reason, by, until, createdAt: at };
    await tx.pause.upsert({ where: { id }, create: { id, ...fields }, update: fields });
    const end = until ? ` until ${until.toISOString()}` : '';
    await recordChangeIn(tx, by, nameOf(id), `paused${end}${reason ? `: ${reason}` : ''}`);
  });
  poke('queue');
}

/** Lets mail go there again; what is due leaves now. Refusal 'not-found'. */
export async function removePause(destination: string, by: string): Promise<void> {
  const id = checkDestination(destination);
  await write(async (tx) => {
    const { count } = await tx.pause.deleteMany({ where: { id } });
    if (count === 0) throw new Refusal('not-found', 'This destination is not paused.');
    await recordChangeIn(tx, by, nameOf(id), 'resumed');
  });
  poke('queue');
}

const nameOf = (id: string) => (id === '*' ? 'queue' : `destination ${id}`);

function checkDestination(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '*') return trimmed;
  const domain = toAsciiDomain(trimmed);
  if (!domain) {
    throw new Refusal('invalid', 'Give a domain, or * for the whole queue.', 'destination');
  }
  return domain;
}

// How a call of the REST API is carried out: at once, or as one transaction with what HTTP asks beside: only where the thing is
// still as the caller saw it (If-Match), only once (Idempotency-Key), or not at all (dryRun).
//
// Invariant: what a trial, a precondition and a repeated call look at is read in the transaction of the change.
import { createHash } from 'node:crypto';
import type { Staff } from '../accounts/staff.ts';
import { db } from '../db.ts';
import { holdName } from '../dialect/index.ts';
import { isRefusal } from '../errors.ts';
import { rehearse, writeJoined } from '../joined.ts';
import { listChanges } from './difference.ts';
import type { Call, Endpoint } from './endpoint.ts';
import { HttpProblem } from './problem.ts';

/** What HTTP asks beside the change itself */
export type Conditions = {
  isDryRun: boolean;
  /** Entity tags or "*" */
  ifMatch: string[] | null;
  ifNoneMatch: string[] | null;
};
/** A body as JSON holds it; undefined = none */
export type Outcome = { status: number; body: unknown; tag: string | null };
type AnyCall = Call<unknown, unknown, unknown, unknown>;
/** What reads the thing that is changed; `isSame`: at the same path */
export type Reading = { endpoint: Endpoint; texts: Record<string, string>; isSame: boolean };

/** The value as the schema of the answer lets it out. */
export function represent({ answer }: Endpoint, value: unknown): unknown {
  if (answer === null) return undefined;
  return answer.parse(JSON.parse(JSON.stringify(value ?? null)));
}

/** A strong entity tag (RFC 9110 §8.8.3). */
export function tagOf(body: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return `"${hash.slice(0, 27)}"`;
}

/** Answers a call that changes nothing. */
export async function answerQuestion(endpoint: Endpoint, call: AnyCall): Promise<Outcome> {
  const body = represent(endpoint, await endpoint.run(call));
  const hasTag = endpoint.method === 'GET' && !endpoint.isPaged;
  return { status: 200, body, tag: hasTag ? tagOf(body) : null };
}

/** Makes a change, or says what it would be. */
export async function makeChange(
  endpoint: Endpoint,
  call: AnyCall,
  reading: Reading | null,
  conditions: Conditions,
): Promise<Outcome> {
  const { isDryRun, ifMatch, ifNoneMatch } = conditions;
  const prepared = endpoint.prepare ? await endpoint.prepare(call) : undefined;
  const run = async () => {
    if (ifMatch || ifNoneMatch) await requireMatch(reading, call.staff, conditions);
    return represent(endpoint, await endpoint.run({ ...call, prepared }));
  };
  if (isDryRun) return tryOut(endpoint, run, reading, call.staff);
  const body = await (ifMatch || ifNoneMatch ? writeJoined(run) : run());
  const isWhole = reading?.isSame === true && reading.endpoint.answer === endpoint.answer;
  const tag = isWhole && body !== undefined ? tagOf(body) : null;
  return { status: body === undefined ? 204 : 200, body, tag };
}

async function tryOut(
  { triesItself }: Endpoint,
  run: () => Promise<unknown>,
  reading: Reading | null,
  staff: Staff,
): Promise<Outcome> {
  const compare = async () => {
    const before = await readNow(reading, staff);
    const result = hideSecret(await run());
    const after = reading ? await readNow(reading, staff) : (result ?? null);
    return { dryRun: true, before, after, changes: listChanges(before, after) };
  };
  const body = await (triesItself ? compare() : rehearse(compare));
  return { status: 200, body, tag: null };
}

/** What would have been told once was never made. */
function hideSecret(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const { secret: _secret, ...rest } = result as { secret?: unknown };
  return rest;
}

/** The thing as it is now; null where there is none. */
async function readNow(reading: Reading | null, staff: Staff): Promise<unknown> {
  if (!reading) return null;
  const { endpoint, texts } = reading;
  try {
    const parameters = endpoint.parameters.parse(texts);
    const query = endpoint.query.parse({});
    const call = { staff, parameters, query, body: {}, prepared: undefined, isDryRun: false };
    return represent(endpoint, await endpoint.run(call));
  } catch (error) {
    if (isRefusal(error, 'not-found')) return null;
    throw error;
  }
}

/** RFC 9110 §13.1: refuses where the thing is another one by now. */
async function requireMatch(
  reading: Reading | null,
  staff: Staff,
  { ifMatch, ifNoneMatch }: Conditions,
): Promise<void> {
  if (!reading?.isSame) {
    throw new HttpProblem(400, 'invalid', 'There is nothing at this address that has an ETag.');
  }
  // One after the other over all nodes: on PostgreSQL both would see it as it was.
  const hold = holdName(`${reading.endpoint.path} ${JSON.stringify(reading.texts)}`);
  if (hold) await db.$queryRaw(hold);
  const now = await readNow(reading, staff);
  const tag = now === null ? null : tagOf(now);
  const fits = (wanted: string[]) => tag !== null && (wanted.includes('*') || wanted.includes(tag));
  if ((ifMatch && !fits(ifMatch)) || (ifNoneMatch && fits(ifNoneMatch))) {
    throw new HttpProblem(412, 'changed', 'It is not as you saw it any more: read it again.');
  }
}

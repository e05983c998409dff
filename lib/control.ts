// The web app and the command line ask the daemon to do something now (server/control). Whoever calls this has checked who
// asks. Where the daemon listens and its secret are in the environment of its child; for a command line on the same machine
// in a file that the daemon's own user alone reads, beside the key of the secrets and the database.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './env.ts';
import { Refusal, type RefusalReason } from './errors.ts';

const timeoutMs = 30_000;

/** Where the daemon answers: "127.0.0.1:port" */
export type Door = { address: string; secret: string };

/** The file that says it, as long as the daemon runs. */
export function doorFile(): string {
  return join(dataFolder(), 'control.json');
}

type Answer = { result?: unknown; error?: string; reason?: RefusalReason; field?: string };

/** What the operation gives. Refusal as the operation refuses; 'unavailable' where no daemon answers in time. */
export async function askDaemon<T>(
  operation: string,
  input: unknown = null,
  withinMs = timeoutMs,
): Promise<T> {
  const answer = await ask(operation, input, withinMs);
  if (answer.error === undefined) return answer.result as T;
  throw new Refusal(answer.reason ?? 'unavailable', answer.error, answer.field);
}

async function ask(operation: string, input: unknown, withinMs: number): Promise<Answer> {
  const door = findDoor();
  if (!door) throw unreachable();
  try {
    const response = await fetch(`http://${door.address}/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.secret}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(withinMs),
    });
    return (await response.json()) as Answer;
  } catch {
    throw unreachable();
  }
}

function findDoor(): Door | null {
  const { DREY_INTERNAL_CONTROL: address, DREY_CONTROL_SECRET: secret = '' } = process.env;
  return address ? { address, secret } : readDoorFile();
}

/** What the file says; null where there is none. */
export function readDoorFile(): Door | null {
  try {
    return JSON.parse(readFileSync(doorFile(), 'utf8')) as Door;
  } catch {
    return null;
  }
}

function unreachable(): Refusal {
  return new Refusal('unavailable', 'The mail daemon does not answer.');
}

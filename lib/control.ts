// The web app asks the daemon to do something now (server/control). Whoever calls this has checked who asks.
import { Refusal, type RefusalReason } from './errors.ts';

const timeoutMs = 30_000;

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
  const address = process.env.DREY_INTERNAL_CONTROL;
  if (!address) throw unreachable();
  try {
    const response = await fetch(`http://${address}/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.DREY_CONTROL_SECRET}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(withinMs),
    });
    return (await response.json()) as Answer;
  } catch {
    throw unreachable();
  }
}

function unreachable(): Refusal {
  return new Refusal('unavailable', 'The mail daemon does not answer.');
}

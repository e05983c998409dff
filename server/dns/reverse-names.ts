// The names of IP addresses that a page or the terminal shows, looked up at once and not waited for long.
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal } from '#lib/errors.ts';
import { resolvePtr } from './resolver.ts';

const maxAddresses = 100;
const waitMs = 2000;
const question = z.object({
  addresses: z.array(z.string().refine((text) => isIP(text) !== 0)).max(maxAddresses),
});

/** By address; those without a name, or whose name server is slow, are left out. Names are hostile. */
export async function findReverseNames(addresses: string[]): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  const asked = addresses.slice(0, maxAddresses).map(async (address) => {
    const answer = await resolvePtr(address);
    if (answer.status === 'ok' && answer.records[0]) names[address] = answer.records[0];
  });
  const ending = new AbortController();
  const late = sleep(waitMs, undefined, { signal: ending.signal }).catch(() => undefined);
  await Promise.race([Promise.all(asked), late]);
  ending.abort();
  return { ...names };
}

/** The same for the panel (server/control). Refusal 'invalid'. */
export async function answerReverseNames(input: unknown): Promise<Record<string, string>> {
  const read = question.safeParse(input);
  if (!read.success) throw new Refusal('invalid', 'Say the addresses.');
  return findReverseNames(read.data.addresses);
}

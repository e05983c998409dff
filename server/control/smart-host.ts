// Whether a smart host takes the login that somebody got for it: connects, says EHLO, secures, logs in, quits. Nothing is sent.
import { z } from 'zod';
import { isLoopback } from '#lib/accounts/network.ts';
import { Refusal } from '#lib/errors.ts';
import { relayTlsModes } from '#lib/queue/relay-check.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { usualTimeouts } from '../delivery/outbound/patience.ts';
import { openSession } from '../delivery/outbound/session.ts';
import { SessionProblem } from '../delivery/outbound/session-problem.ts';
import { tlsPolicyOf } from '../delivery/tls/tls-policy.ts';
import { findAddress } from '../doctor/place.ts';

const waitMs = 20_000;

const question = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  tlsMode: z.enum(relayTlsModes),
  username: z.string().max(400),
  password: z.string().max(1024),
});

/** Refusal 'invalid', or 'unavailable' with what the host said and the field it is about. */
export async function trySmartHost(input: unknown): Promise<{ text: string }> {
  const asked = question.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the host, the port and the login.');
  const { host, port, tlsMode, username, password } = asked.data;
  const address = await findAddress(host);
  if (!address) throw new Refusal('unavailable', `${host} is not in the DNS.`, 'host');
  const signal = AbortSignal.timeout(waitMs);
  try {
    const session = await openSession({
      target: { host, address, port },
      policy: tlsPolicyOf(tlsMode),
      hostname: await serverHostname(),
      connectTimeoutMs: waitMs / 2,
      timeouts: usualTimeouts,
      watch: null,
      signal,
    });
    try {
      if (username === '') return { text: `${host} answers.` };
      if (!session.isSecure && tlsMode !== 'none' && !isLoopback(address)) {
        throw new Refusal(
          'unavailable',
          `${host} offers no TLS at port ${port}: the password would go out in clear. Try port 465 or 587.`,
          'port',
        );
      }
      await session.login(username, password);
      return { text: `${host} has taken the login.` };
    } finally {
      session.end();
    }
  } catch (error) {
    if (signal.aborted) {
      throw new Refusal('unavailable', `${host} did not answer in time at port ${port}.`, 'host');
    }
    if (!(error instanceof SessionProblem)) throw error;
    throw new Refusal('unavailable', `${error.message}.`, error.isTls ? 'tlsMode' : 'host');
  }
}

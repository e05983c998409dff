// One run of a SASL mechanism, the same for IMAP, POP3 and submission: what is offered, keys, login, and the
// challenges before success and failure.
import { isLoopback } from '#lib/accounts/network.ts';
import { readScramKeys, type SignedIn } from '#lib/accounts/sessions.ts';
import { isRefusal } from '#lib/errors.ts';
import { readSetting } from '#lib/settings/index.ts';
import { type MechanismName, mechanismNames } from '#lib/settings/mechanisms.ts';
import type { ChannelBinding } from './channel-binding.ts';
import { login, type Origin } from './login.ts';
import { type Credentials, type Mechanism, type Step, startMechanism } from './sasl.ts';

export type Peer = Origin & { binding: ChannelBinding | null };

/** The mechanisms for a client at `remote`, in the order they are announced. */
export async function listMechanisms(peer: {
  remote: string;
  binding: ChannelBinding | null;
}): Promise<MechanismName[]> {
  const chosen = new Set<string>(await readSetting('security.mechanisms'));
  if (isLoopback(peer.remote)) {
    // The webmail signs its users in with tokens.
    chosen.add('OAUTHBEARER');
    chosen.add('XOAUTH2');
  }
  // RFC 5802 §6: -PLUS only where there is something to bind to.
  if (!peer.binding?.read('tls-server-end-point') && !peer.binding?.read('tls-exporter')) {
    chosen.delete('SCRAM-SHA-256-PLUS');
  }
  return mechanismNames.filter((name) => chosen.has(name));
}

export type Turn =
  /** Send it, and step with what the client answers. */
  | { challenge: Buffer }
  | { account: SignedIn }
  /** The client broke the mechanism; the text may be told. */
  | { error: string };

export type Exchange = {
  /** The decoded response, null at the start without one. Throws the Refusals of login(). */
  step(response: Buffer | null): Promise<Turn>;
};

/** Begins the mechanism of that name (any case); null for one that is not offered to this peer. */
export async function startExchange(name: string, peer: Peer): Promise<Exchange | null> {
  const offered = await listMechanisms(peer);
  const wanted = offered.find((known) => known === name.toUpperCase());
  if (!wanted) return null;
  const { binding, ...origin } = peer;
  const isPlusOffered = offered.includes('SCRAM-SHA-256-PLUS');
  return run(startMechanism(wanted, { binding, isPlusOffered }), origin);
}

function run(mechanism: Mechanism, origin: Origin): Exchange {
  /** What the client's answer to the last challenge leads to, whatever it says. */
  let outcome: { account: SignedIn } | { refusal: unknown } | null = null;

  const finish = async (credentials: Credentials): Promise<Turn> => {
    try {
      const account = await login(credentials, origin);
      if (!mechanism.successChallenge) return { account };
      outcome = { account };
      return { challenge: mechanism.successChallenge };
    } catch (refusal) {
      // RFC 7628 §3.2.3: the client answers the error with one line before it is refused.
      if (!mechanism.failureChallenge || !isRefusal(refusal, 'auth-failed')) throw refusal;
      outcome = { refusal };
      return { challenge: mechanism.failureChallenge };
    }
  };

  const proceed = async (step: Step): Promise<Turn> => {
    if ('keysOf' in step) return proceed(step.take(await readScramKeys(step.keysOf)));
    return 'credentials' in step ? finish(step.credentials) : step;
  };

  return {
    async step(response) {
      if (!outcome) return proceed(mechanism.step(response));
      if ('refusal' in outcome) throw outcome.refusal;
      // RFC 4422 §3.6: behind the last challenge the client has nothing more to say.
      return response?.length === 0 ? outcome : { error: 'Nothing more was expected' };
    },
  };
}

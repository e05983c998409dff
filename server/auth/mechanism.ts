// What a SASL mechanism is (RFC 4422 §3): steps from one response of the client to the next, with what they end in.
import type { ScramKeys } from '#lib/accounts/scram.ts';
import type { MechanismName } from '#lib/settings/mechanisms.ts';

/** What a client claims to be. `authzid` is '' when the client leaves it to us. */
export type Credentials =
  | { kind: 'password'; authzid: string; username: string; password: string }
  | { kind: 'token'; username: string; token: string }
  | { kind: 'proof'; authzid: string; username: string; isProven(keys: ScramKeys): boolean };

export type Step =
  | { challenge: Buffer }
  | { credentials: Credentials }
  /** Give `take` the keys of that account, and go on with what it answers. */
  | { keysOf: string; take(keys: ScramKeys): Step }
  /** A client that breaks the mechanism; the text may be told. */
  | { error: string };

export type Mechanism = {
  name: MechanismName;
  /** The client's response, decoded from base64; null at the start of an exchange without an initial one. */
  step(response: Buffer | null): Step;
  /**
   * What to send as a last challenge when the credentials turn out wrong; the client answers with one line
   * that means nothing, then comes the refusal (RFC 7628 §3.2.2). null: refuse at once.
   */
  failureChallenge: Buffer | null;
  /** What the client must hear before it is told of its success, and answer with nothing (RFC 5802 §5). */
  successChallenge: Buffer | null;
};

// What the daemon answers to "what would happen to this mail, and why?" (server/smtp/explain.ts): plain data for
// pages and the command line. Texts in it may come from outside.

export type Stage = 'connect' | 'helo' | 'mail' | 'rcpt' | 'data';

export type Question = {
  /** IP address of the client */
  client: string;
  helo?: string;
  /** Empty for the null sender */
  from?: string;
  to: string[];
  /** Address of the account that has signed in on the submission port; empty: a server on port 25 */
  user?: string;
  isSecure?: boolean;
  /** The message in base64; empty: a short one is made up */
  message?: string;
};

export type ExplainedStep = {
  stage: Stage;
  /** Name of the check, and the same for a person */
  check: string;
  title: string;
  /** "pass", "refuse", "junk", … */
  outcome: string;
  reason: string;
  note: string;
  /** Keys of the settings that rule it */
  settings: readonly string[];
  /** At RCPT: the recipient as it was asked about */
  recipient?: string;
};

/** Where one address of the message ends. */
export type End = {
  recipient: string;
  kind: 'mailbox' | 'relay' | 'mx' | 'refused' | 'discarded' | 'held' | 'later';
  text: string;
};

export type Explanation = {
  steps: ExplainedStep[];
  /** The reply that refuses the whole mail, or null where it is taken */
  refusal: { stage: Stage; code: number; enhanced: string; text: string } | null;
  ends: End[];
  isJunk: boolean;
  /** Header fields that it would get */
  fields: string[];
};

/** A check as the panel lists it. */
export type ListedCheck = {
  stage: Stage;
  name: string;
  /** For administrators */
  title: string;
  audience: 'everyone' | 'strangers' | 'users';
  isOn: boolean;
  settings: readonly string[];
  /** The one of them that switches it on and off (lib/settings/switch.ts) */
  switchedBy: string | null;
};

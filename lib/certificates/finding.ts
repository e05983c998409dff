// What a check before an order of a certificate finds (server/tls/acme/check.ts).

export type CheckFinding = {
  /** A host name, or "Authority", "Account" */
  subject: string;
  isGood: boolean;
  /** What was found, and where it is not good what to do */
  text: string;
};

/** A host name that is offered, and whether its DNS leads here. */
export type CheckedName = { name: string; purpose: string; isHere: boolean; text: string };

// What the daemon answers to "where would mail from a to b go?" (server/delivery/outbound/explain-route.ts): plain data
// for pages and the command line. Names and texts in it may come from the DNS of others.

export type RelayQuestion = {
  /** Empty for the null sender */
  sender: string;
  recipient: string;
  /** Address of the user who hands it in; empty = nobody */
  user?: string;
  /** Attempts that have failed before */
  attempts?: number;
};

export type AnsweredHost = {
  host: string;
  address: string;
  port: number;
  /** Address of this machine that the connection begins at; empty = as the system chooses */
  source: string;
  /** What it has to prove, and why */
  tls: string;
  why: string;
};

export type RelayAnswer = {
  kind: 'here' | 'sent' | 'held' | 'discarded' | 'returned';
  /** One sentence */
  text: string;
  /** The rule that takes it; null = none */
  rule: { id: string; position: number; conditions: string } | null;
  /** The rules before, in their order */
  passed: { position: number; conditions: string; why: string }[];
  /** In the order an attempt tries them; empty where it is not sent, or `failure` says why there are none */
  hosts: AnsweredHost[];
  failure: string;
  /** "SMTP", "LMTP" */
  protocol: string;
  login: string;
  /** Name in EHLO */
  helo: string;
  isFallback: boolean;
  schedule: { firstRetryMs: number; maxRetryMs: number; delayNoticeMs: number; lifetimeMs: number };
  limits: { max: number; rateDelayMs: number };
};

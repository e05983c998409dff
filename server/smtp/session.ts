// What a session knows: who the client is, and the mail transaction it is in. Facts only; the dialogue is
// in connection.ts, the decisions in checks/.
import type { LocalTarget } from '#lib/accounts/route.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { Marks } from './marks.ts';

export type SmtpListener = 'smtp' | 'submission' | 'submissions' | 'lmtp';

export type Client = {
  listener: SmtpListener;
  /** 587 and 465: signed-in users hand in mail. Port 25 takes mail from other servers. */
  isSubmission: boolean;
  /** The name this server gave itself in the greeting. */
  hostname: string;
  /** Plain IPv4 or IPv6 address. */
  remote: string;
  /** What it said in HELO or EHLO; empty before. */
  helo: string;
  /** The name that the DNS gives to `remote`; null where it has none, or it is not asked. */
  findReverseName(): Promise<string | null>;
  isSecure: boolean;
  /** "TLSv1.3 TLS_AES_256_GCM_SHA384", or null. */
  tls: string | null;
  /** RFC 3848 keyword: "ESMTPSA". */
  protocol: string;
  account: { id: string; address: string; epoch: number } | null;
  /** Handed in by a program of this machine over LMTP: no stranger, whatever its address. */
  isLocal: boolean;
  /** Somebody asks what would happen (explain.ts): nothing is kept, counted or recorded. */
  isRehearsal: boolean;
  /** What the checks at connect and HELO said. */
  marks: Marks;
};

/** An accepted recipient: mailboxes and outside addresses it leads to. */
export type Recipient = {
  /** As the client wrote it, the domain as A-label. */
  address: string;
  mailboxes: LocalTarget[];
  /** Outside addresses: those of an alias, or the recipient itself where mail is relayed. */
  remote: string[];
  /** RFC 3461: ORCPT ("rfc822;addr") and NOTIFY words, or empty. */
  originalTo: string;
  notify: string;
  /** Answered as taken, and gets nothing. */
  isDiscarded: boolean;
};

/** One mail transaction (RFC 5321 §3.3), from MAIL to the end of DATA or RSET. */
export type Transaction = {
  traceId: string;
  /** As the client wrote it, the domain as A-label; empty for the null sender. */
  sender: string;
  isSmtpUtf8: boolean;
  /** SIZE parameter (RFC 1870), 0 when not given. */
  declaredBytes: number;
  /** RFC 3461 §4.4, §4.3; empty when not given. */
  envid: string;
  ret: string;
  /** RFC 8689. */
  isTlsRequired: boolean;
  /** RFC 4865: not before; null = at once. */
  releaseAt: Date | null;
  /** By canonical address. */
  recipients: Map<string, Recipient>;
  /** Canonical addresses, one for each accepted RCPT, so perhaps one twice (RFC 2033 §4.2). */
  accepted: string[];
  /** As they were at MAIL: those that apply to the next message. */
  settings: Settings;
  /** What the checks said so far, those of the session first. */
  marks: Marks;
};

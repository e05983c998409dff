// Why a conversation with another server came to nothing, for the attempt that began it.
import { cleanText } from './reply.ts';

/** A conversation that did not reach a transaction; the next target may do better. */
export class SessionProblem extends Error {
  readonly status: string;
  readonly code: number;
  /** The host said for itself that it takes no mail at all. */
  readonly isPermanent: boolean;
  /** The handshake failed, so a try in clear may help. */
  readonly isTls: boolean;
  /** Of a failed handshake: its failure type for reports (RFC 8460 §4.3). */
  readonly tlsType: string;
  /** A conversation that had served before was over; nothing of this mail was sent. */
  readonly isStale: boolean;

  constructor(text: string, facts: Partial<Omit<SessionProblem, keyof Error>> = {}) {
    super(cleanText(text));
    this.status = facts.status ?? '4.4.2';
    this.code = facts.code ?? 0;
    this.isPermanent = facts.isPermanent ?? false;
    this.isTls = facts.isTls ?? false;
    this.tlsType = facts.tlsType ?? 'validation-failure';
    this.isStale = facts.isStale ?? false;
  }
}

/** What became of a message: one reply, by LMTP one for each recipient (RFC 2033 §4.2). */
import type { Reply } from '../replies.ts';

export type Outcome = {
  replies: Reply[];
  isTaken: boolean;
  /** So far over the limit that the rest was not read; the connection must end. */
  isFlood: boolean;
};

// What the relay self-test finds, as the daemon writes it and the panel reads it.

/** One address that was tried, and the answer. */
export type RelayStep = {
  /** The address the connection came from, as it seemed */
  client: string;
  sender: string;
  recipient: string;
  /** The reply of MAIL or RCPT that decided */
  reply: string;
  isGood: boolean;
};

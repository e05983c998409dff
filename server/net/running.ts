// What every part of the daemon that runs gives to main.ts.
import type { ListenerName } from '#lib/env.ts';

export type Running = {
  /** Ends within a few seconds: no new work, open sessions told, timers cleared. */
  stop(): Promise<void>;
  /** The first port of each listener, as it is now; none where it is off. */
  readonly ports?: Partial<Record<ListenerName, number | undefined>>;
  /** Ports on the loopback address for the web app alone, whatever the listeners are. */
  internal?: { imap?: number; submission?: number };
};

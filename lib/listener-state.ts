// What the daemon tells of its listeners (server/net/listeners.ts), for the panel and the command line.
import type { ListenerName } from './env.ts';

export type ListenerFailure = {
  /** "192.0.2.1:25" */
  address: string;
  /** Why it cannot be had, and what to do */
  text: string;
  /** ISO 8601 */
  since: string;
};

export type ListenerState = {
  name: ListenerName;
  /** Who chose the ports */
  from: 'environment' | 'setting' | 'default';
  sockets: {
    /** "[::]:25", "/run/drey/lmtp" */
    address: string;
    /** Empty for a socket file */
    host: string;
    port: number;
    since: string;
  }[];
  failures: ListenerFailure[];
  sessions: number;
};

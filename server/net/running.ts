// What every part of the daemon that runs gives to main.ts.
import type { ListenerName } from '#lib/env.ts';

export type Running = {
  /** Ends within a few seconds: no new work, open sessions told, timers cleared. */
  stop(): Promise<void>;
  /** For a part that can listen on another address without ending its sessions; `env` as at its start. */
  move?(host: string, env: Record<string, string>): Promise<void>;
  /** Ports really bound (a configured 0 becomes the chosen one). */
  ports?: Partial<Record<ListenerName, number>>;
};

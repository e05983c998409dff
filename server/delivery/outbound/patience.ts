// How long a conversation waits for what comes next: a limit for each step (RFC 5321 §4.5.3.2). With PIPELINING several
// commands are under way; the one whose answer comes next counts.
import type { Settings } from '#lib/settings/index.ts';

export type Timeouts = {
  /** Greeting, EHLO, STARTTLS, AUTH and whatever else is no mail */
  greetingMs: number;
  mailMs: number;
  rcptMs: number;
  dataMs: number;
  /** The connection stands still in the middle of the text. */
  bodyMs: number;
  endMs: number;
};

export function timeoutsOf(settings: Settings): Timeouts {
  return {
    greetingMs: settings['delivery.greetingTimeoutSeconds'] * 1000,
    mailMs: settings['delivery.mailTimeoutSeconds'] * 1000,
    rcptMs: settings['delivery.rcptTimeoutSeconds'] * 1000,
    dataMs: settings['delivery.dataTimeoutSeconds'] * 1000,
    bodyMs: settings['delivery.bodyTimeoutSeconds'] * 1000,
    endMs: settings['delivery.endTimeoutSeconds'] * 1000,
  };
}

/** What RFC 5321 asks for. */
export const usualTimeouts: Timeouts = {
  greetingMs: 300_000,
  mailMs: 300_000,
  rcptMs: 300_000,
  dataMs: 120_000,
  bodyMs: 180_000,
  endMs: 600_000,
};

export class Patience {
  timeouts: Timeouts;
  private awaited: number[] = [];

  constructor(timeouts: Timeouts) {
    this.timeouts = timeouts;
  }

  /** A command has left. */
  add(command: string): void {
    this.awaited.push(this.limitOf(command));
  }

  /** So many answers are still to come. */
  keep(count: number): void {
    this.awaited = count > 0 ? this.awaited.slice(-count) : [];
  }

  /** For the next answer; null while none is awaited. */
  get nextMs(): number | null {
    return this.awaited[0] ?? null;
  }

  private limitOf(command: string): number {
    const { greetingMs, mailMs, rcptMs, dataMs } = this.timeouts;
    if (command.startsWith('MAIL ')) return mailMs;
    if (command.startsWith('RCPT ')) return rcptMs;
    return command === 'DATA' ? dataMs : greetingMs;
  }
}

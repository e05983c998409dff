// How often something happened within the last window, for many keys, in bounded memory. Each process counts
// for itself. The window slides: what happened in the one before counts by the part of it that still overlaps.
import { uptimeMs } from '#lib/clock.ts';

type Entry = { slot: number; now: number; before: number };

export class RateCounter {
  private readonly windowMs: number;
  private readonly maxKeys: number;
  /** Oldest use first. */
  private readonly entries = new Map<string, Entry>();

  constructor(windowMs: number, maxKeys = 50_000) {
    this.windowMs = windowMs;
    this.maxKeys = maxKeys;
  }

  /** Counts `amount` more; returns how many it makes, these included. */
  add(key: string, amount = 1): number {
    const entry = this.entryOf(key);
    this.entries.delete(key);
    entry.now += amount;
    if (this.entries.size >= this.maxKeys) {
      // Whoever was not seen for longest is the least likely to be counted again.
      this.entries.delete(this.entries.keys().next().value as string);
    }
    this.entries.set(key, entry);
    return this.countOf(entry);
  }

  /** How many there were. */
  read(key: string): number {
    return this.entries.has(key) ? this.countOf(this.entryOf(key)) : 0;
  }

  clear(): void {
    this.entries.clear();
  }

  private entryOf(key: string): Entry {
    const slot = Math.floor(uptimeMs() / this.windowMs);
    const known = this.entries.get(key);
    if (!known || known.slot < slot - 1) return { slot, now: 0, before: 0 };
    return known.slot === slot ? known : { slot, now: 0, before: known.now };
  }

  private countOf({ now, before }: Entry): number {
    const passed = (uptimeMs() % this.windowMs) / this.windowMs;
    return Math.round(now + before * (1 - passed));
  }
}

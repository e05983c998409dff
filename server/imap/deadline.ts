// A time limit that is set anew again and again, as a client's patience is with every command: setting it later
// costs no timer, since the one that runs rings too early then, looks, and goes on waiting.

export class Deadline {
  readonly #onPassed: () => void;
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer rings: never later than the limit. */
  #ringsAt = Number.POSITIVE_INFINITY;

  /** `onPassed` is called once for each limit that passes. */
  constructor(onPassed: () => void) {
    this.#onPassed = onPassed;
  }

  /** Passes in `ms` milliseconds, whatever was set before. Keeps no process alive. */
  set(ms: number): void {
    this.#at = Date.now() + ms;
    if (this.#ringsAt > this.#at) this.#arm(ms);
  }

  get hasPassed(): boolean {
    return Date.now() >= this.#at;
  }

  /** There is no limit, until the next `set`. */
  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** Clears it, and lets the timer go too. */
  end(): void {
    this.clear();
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#ringsAt = Number.POSITIVE_INFINITY;
  }

  #arm(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#ringsAt = Date.now() + ms;
    this.#timer = setTimeout(() => this.#ring(), ms);
    this.#timer.unref();
  }

  #ring(): void {
    this.#timer = null;
    this.#ringsAt = Number.POSITIVE_INFINITY;
    if (this.#at === Number.POSITIVE_INFINITY) return;
    const leftMs = this.#at - Date.now();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#onPassed();
  }
}

// A time limit that bytes do not extend, unlike the idle timer of a socket: a client that drips one byte
// now and then still ends.
export class Deadline {
  private timer: NodeJS.Timeout | null = null;
  private readonly onPassed: () => void;

  constructor(onPassed: () => void) {
    this.onPassed = onPassed;
  }

  /** Starts anew. `mayGoOn` is asked at the end; true means that somebody armed it again. */
  arm(ms: number, mayGoOn: () => boolean = () => false): void {
    this.disarm();
    this.timer = setTimeout(() => {
      if (!mayGoOn()) this.onPassed();
    }, ms);
    this.timer.unref();
  }

  disarm(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}

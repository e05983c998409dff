// What a timed job is.

export type Job = {
  name: string;
  /** What it does, a sentence for administrators. */
  text: string;
  intervalMs: number;
  /** Returns what it did, for the log; empty or all zero = nothing. A long one ends early when it is told to. */
  run(signal: AbortSignal): Promise<Record<string, number>>;
};

/** A job as the panel and the command line list it. */
export type ListedJob = Pick<Job, 'name' | 'text' | 'intervalMs'>;

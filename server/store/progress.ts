// How far a long piece of work has come: written by whoever works, read by whoever reports of it.

/** In messages, or whatever the work counts in; `goal` 0: nobody knows. */
export type Progress = { done: number; goal: number };

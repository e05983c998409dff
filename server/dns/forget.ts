// What remembers answers of the DNS, or what follows from them, forgets all of it together.
const forgetters = new Set<() => void>();

/** Calls `forget` whenever all answers are to be forgotten. */
export function onForget(forget: () => void): void {
  forgetters.add(forget);
}

/** Forgets all answers (tests). */
export function forgetAnswers(): void {
  for (const forget of forgetters) forget();
}

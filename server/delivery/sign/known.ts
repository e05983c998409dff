// Signatures of messages that leave, remembered so that a message to a hundred domains is signed once.
import { now } from '#lib/clock.ts';

type Known = { keys: string; madeAt: number; fields: Promise<string> };

/** Some 1.5 KB each. */
const maxKnown = 1000;
/** A signature tells when it was made; an older one is made again. */
const maxAgeMs = 3_600_000;
const known = new Map<string, Known>();

/** The fields made before for that form of a message with those keys, else those that `make` gives. */
export function recallFields(
  form: string,
  keys: { id: string }[],
  make: () => Promise<string>,
): Promise<string> {
  const names = keys.map((key) => key.id).join(' ');
  const found = known.get(form);
  const at = now().getTime();
  if (found?.keys === names && Math.abs(at - found.madeAt) < maxAgeMs) return found.fields;
  const fields = make();
  if (known.size >= maxKnown) known.delete(known.keys().next().value as string);
  known.set(form, { keys: names, madeAt: at, fields });
  fields.catch(() => known.delete(form));
  return fields;
}

/** Forgets remembered signatures (tests). */
export function forgetSignatures(): void {
  known.clear();
}

// Days as the store counts them: whole days since 1970, UTC. Coarse on purpose: what is kept "for 90 days"
// needs no hour, and a small number costs a row nothing.
const dayMs = 86_400_000;

/** Days since 1970. */
export function dayOf(date: Date): number {
  return Math.floor(date.getTime() / dayMs);
}

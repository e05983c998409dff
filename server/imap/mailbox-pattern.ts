// list-mailbox patterns (RFC 3501 §6.3.8): "*" matches anything, "%" anything within one level. Pure.
//
// Invariant: time is at most pattern length times name length, whatever the pattern (no backtracking).
import { recoverableRoot } from '#server/store/mailbox-name.ts';

/** True when the whole of `name` fits `pattern`; both decoded, INBOX in upper case. */
export function matchesPattern(pattern: string, name: string): boolean {
  // states[i]: the pattern's first i characters fit what was read of the name so far.
  let states = step(new Uint8Array(pattern.length + 1).fill(1, 0, 1), pattern);
  // RFC 3501 §5.1: INBOX is the same in any case; "InB%" finds it too, and no other name in wrong case.
  let inboxLeft = /^INBOX(?=\/|$)/.test(name) ? 5 : 0;
  for (const character of name) {
    const isInbox = inboxLeft-- > 0;
    const next = new Uint8Array(pattern.length + 1);
    for (let at = 0; at < pattern.length; at++) {
      if (!states[at]) continue;
      const wanted = pattern[at];
      if (wanted === '*' || (wanted === '%' && character !== '/')) next[at] = 1;
      else if (wanted === '%') continue;
      else if (isInbox && wanted?.toUpperCase() === character) next[at + 1] = 1;
      else if (pattern.startsWith(character, at)) next[at + character.length] = 1;
    }
    states = step(next, pattern);
  }
  return states[pattern.length] === 1;
}

/** A wildcard also fits nothing. */
function step(states: Uint8Array, pattern: string): Uint8Array {
  for (let at = 0; at < pattern.length; at++) {
    if (states[at] && (pattern[at] === '*' || pattern[at] === '%')) states[at + 1] = 1;
  }
  return states;
}

/** A pattern that fits no name: names hold no NUL. */
export const matchesNothing = '\u0000';
const patternLimit = 500;
const namespace = /^#deleted(?=$|[/%*])/i;

/** RFC 9051 §6.3.9: the name of a namespace breaks out of the reference. */
function beginOf(reference: string, pattern: string): string {
  return namespace.test(pattern) ? '' : reference;
}

/** The root of a reference (RFC 3501 §6.3.8): empty, but for the namespace that has a name. */
export function rootOf(reference: string): string {
  return namespace.test(reference) ? `${recoverableRoot}/` : '';
}

/**
 * Reference and pattern as one canonical pattern (RFC 3501 §6.3.8); INBOX in any case is INBOX, and so with the
 * root of the mailboxes of deleted messages.
 */
export function joinPattern(reference: string, pattern: string): string {
  const joined = pattern.startsWith('/') ? pattern.slice(1) : beginOf(reference, pattern) + pattern;
  // A run of wildcards means the same as one.
  const short = joined.replace(/\*[*%]*|%[*%]*/g, (run) => (run.includes('*') ? '*' : '%'));
  if (short.length > patternLimit) return matchesNothing;
  return short
    .replace(namespace, recoverableRoot)
    .replace(/^(#deleted\/|)inbox(?=$|[/%*])/i, '$1INBOX');
}

// The patterns of a relay rule: an address, a domain, ".domain" (it and all below), "*" for any letters, "<>" for the null
// sender. With "@" a pattern is held against the whole address, else against its domain. Several stand with blanks
// between, and any of them fits. Pure.
import { fitsPattern, maxStars } from '#lib/accounts/alias-pattern.ts';
import { Refusal } from '#lib/errors.ts';
import { canonicalAddress, toAsciiDomain } from '#lib/mail/address.ts';

export type RelayCondition = 'recipient' | 'sender' | 'user';
export const relayConditions: RelayCondition[] = ['recipient', 'sender', 'user'];

const maxPatterns = 100;
const maxLength = 320;

/** The stored form of what somebody wrote, "" for nothing. Refusal 'invalid' with the condition as field. */
export function checkPatterns(text: string, condition: RelayCondition): string {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length > maxPatterns) {
    throw new Refusal('invalid', `Give at most ${maxPatterns} at once.`, condition);
  }
  return [...new Set(words.map((word) => checkPattern(word, condition)))].join(' ');
}

function checkPattern(word: string, condition: RelayCondition): string {
  if (condition === 'sender' && word === '<>') return word;
  const pattern = word.includes('*') ? checkWildcard(word) : checkName(word);
  if (pattern) return pattern;
  throw new Refusal(
    'invalid',
    `${word.slice(0, 100)} is no address, domain, ".domain" (it and all below it), or one with "*".`,
    condition,
  );
}

function checkName(word: string): string | null {
  const isBelow = word.startsWith('.');
  const plain = word.replace(/^[.@]/, '');
  const canonical = plain.includes('@') ? canonicalAddress(plain) : toAsciiDomain(plain);
  if (!canonical || (isBelow && plain.includes('@'))) return null;
  return isBelow ? `.${canonical}` : canonical;
}

function checkWildcard(word: string): string | null {
  if (word.length > maxLength || word.split('*').length - 1 > maxStars) return null;
  const at = word.lastIndexOf('@');
  const domain = word.slice(at + 1);
  const ascii = domain.includes('*') ? domain : toAsciiDomain(domain);
  if (
    !ascii ||
    !/^[a-z0-9*._-]+$/i.test(ascii) ||
    !/^[^\s@"<>\p{Cc}]*$/u.test(word.slice(0, Math.max(at, 0)))
  ) {
    return null;
  }
  return `${word.slice(0, at + 1)}${ascii}`.toLowerCase();
}

/** Whether an address fits one of the stored patterns; '' is the null sender, or nobody who signed in. */
export function compilePatterns(
  text: string,
  condition: RelayCondition,
): (address: string) => boolean {
  if (text === '') return () => true;
  const exact = new Set<string>();
  const others: string[] = [];
  for (const word of text.split(' ')) {
    if (word.startsWith('.') || word.includes('*')) others.push(word);
    else exact.add(word);
  }
  return (address) => {
    if (address === '') {
      return condition === 'sender' && (exact.has('<>') || others.includes('*'));
    }
    const whole = address.toLowerCase();
    const domain = whole.slice(whole.lastIndexOf('@') + 1);
    if (exact.has(whole) || exact.has(domain)) return true;
    return others.some((pattern) => {
      if (!pattern.startsWith('.'))
        return fitsPattern(pattern, pattern.includes('@') ? whole : domain);
      return domain === pattern.slice(1) || domain.endsWith(pattern);
    });
  };
}

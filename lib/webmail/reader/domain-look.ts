// Whether a domain looks like another one that it is not: signs of other scripts, digits for letters, one letter more.
// Pure; Unicode TS 39 in small.
import { domainToASCII, domainToUnicode } from 'node:url';

const lookAlikes: Record<string, string> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  һ: 'h',
  ӏ: 'l',
  к: 'k',
  м: 'm',
  т: 't',
  в: 'b',
  н: 'h',
  г: 'r',
  п: 'n',
  ω: 'w',
  α: 'a',
  ο: 'o',
  ρ: 'p',
  ν: 'v',
  υ: 'u',
  ι: 'i',
  κ: 'k',
  τ: 't',
  η: 'n',
  ϲ: 'c',
  ı: 'i',
  ɡ: 'g',
  ɑ: 'a',
  ß: 'b',
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '5': 's',
  '|': 'l',
};

/** What an eye reads: one form for all that look alike. */
export function skeleton(domain: string): string {
  const unicode = domainToUnicode(domain) || domain;
  const plain = unicode.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...plain]
    .map((char) => lookAlikes[char] ?? char)
    .join('')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/cl/g, 'd')
    .replace(/i/g, 'l');
}

const scripts = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Hebrew', 'Arabic', 'Cherokee'] as const;
const patterns = scripts.map((script) => new RegExp(`\\p{Script=${script}}`, 'u'));

/** Letters of several scripts in one label, as no honest name has them. */
export function isMixedScript(domain: string): boolean {
  const unicode = domainToUnicode(domain) || domain;
  return unicode
    .split('.')
    .some((label) => patterns.filter((pattern) => pattern.test(label)).length > 1);
}

/** A name beyond ASCII, in whichever of its two spellings. */
export function isInternational(domain: string): boolean {
  return /(?:^|\.)xn--/i.test(domain) || /[\u0080-\uffff]/.test(domain);
}

/** "mail.shop.example" → "shop.example"; of "a.co.uk" "a.co.uk". A guess without the public suffix list. */
export function mainDomain(domain: string): string {
  const labels = (domainToASCII(domain) || domain).toLowerCase().split('.').filter(Boolean);
  const isSecondLevel = /^(?:co|com|net|org|gov|edu|ac|or|ne|go)$/.test(labels.at(-2) ?? '');
  return labels.slice(isSecondLevel && (labels.at(-1)?.length ?? 0) === 2 ? -3 : -2).join('.');
}

/** The one of `known` that `domain` imitates, or null. Its own subdomains imitate nobody. */
export function findImitated(domain: string, known: Iterable<string>): string | null {
  const main = mainDomain(domain);
  const look = skeleton(main);
  for (const each of known) {
    const other = mainDomain(each);
    if (other === main || other.length < 5) continue;
    const otherLook = skeleton(other);
    if (look === otherLook) return other;
    if (look.length >= 7 && isOneEditApart(look, otherLook)) return other;
    // "shop.example.evil.test": the known name in front of another one.
    if (`.${domain.toLowerCase()}`.includes(`.${other}.`)) return other;
  }
  return null;
}

/** One letter more, less, other, or two swapped. */
export function isOneEditApart(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false;
  let from = 0;
  while (from < one.length && one[from] === other[from]) from++;
  const rest = (text: string, at: number) => text.slice(at);
  if (one.length === other.length) {
    const isSwapped =
      one[from] === other[from + 1] &&
      one[from + 1] === other[from] &&
      rest(one, from + 2) === rest(other, from + 2);
    return isSwapped || rest(one, from + 1) === rest(other, from + 1);
  }
  const [long, short] = one.length > other.length ? [one, other] : [other, one];
  return rest(long, from + 1) === rest(short, from);
}

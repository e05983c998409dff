// The search box: words, "phrases" and operators (from: to: cc: subject: body: has: is: before: after: larger:
// smaller:, a leading minus negates) into IMAP SEARCH keys (RFC 9051 §6.4.4). What is no operator is a word;
// nothing a person types is an error. Values stay typed tokens, so they cannot become syntax.
import { atom, string, type Token } from '../imap/raw-command.ts';

export type SearchTerm = { isNegated: boolean; kind: TermKind; value: string };
type TermKind =
  | 'any'
  | 'from'
  | 'to'
  | 'cc'
  | 'subject'
  | 'body'
  | 'attachment'
  | 'flag'
  | 'before'
  | 'after'
  | 'larger'
  | 'smaller';

const maxLength = 500;
const maxTerms = 20;
const flagKeys: Record<string, [string, string]> = {
  unread: ['UNSEEN', 'SEEN'],
  read: ['SEEN', 'UNSEEN'],
  starred: ['FLAGGED', 'UNFLAGGED'],
  flagged: ['FLAGGED', 'UNFLAGGED'],
  answered: ['ANSWERED', 'UNANSWERED'],
  replied: ['ANSWERED', 'UNANSWERED'],
  draft: ['DRAFT', 'UNDRAFT'],
};
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Terms of a search text, all of which must match; at most 20. */
export function parseSearchQuery(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  const pattern = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu;
  // CR, LF and NUL can stand in no search string.
  const line = text.slice(0, maxLength).replace(/[\u0000-\u001f\u007f]+/g, ' ');
  for (const match of line.matchAll(pattern)) {
    const [whole, minus, operator, phrase, word] = match;
    const value = (phrase ?? word ?? '').trim();
    const kind = operator ? kindOf(operator.toLowerCase(), value) : 'any';
    const isNegated = minus === '-';
    if (kind && value !== '')
      terms.push({ isNegated, kind, value: kind === 'flag' ? value.toLowerCase() : value });
    else if (!kind) terms.push({ isNegated: false, kind: 'any', value: whole.replaceAll('"', '') });
    if (terms.length >= maxTerms) break;
  }
  return terms;
}

function kindOf(operator: string, value: string): TermKind | null {
  switch (operator) {
    case 'from':
    case 'to':
    case 'cc':
    case 'subject':
    case 'body':
      return operator;
    case 'has':
      return /^attachments?$/i.test(value) ? 'attachment' : null;
    case 'is':
      return Object.hasOwn(flagKeys, value.toLowerCase()) ? 'flag' : null;
    case 'before':
    case 'after':
      return readDay(value) ? operator : null;
    case 'since':
      return readDay(value) ? 'after' : null;
    case 'larger':
    case 'smaller':
      return readSize(value) === null ? null : operator;
    default:
      return null;
  }
}

/** SEARCH keys for the terms, with the charset in front where a value is not ASCII; ALL for none. */
export function compileSearch(terms: readonly SearchTerm[]): Token[] {
  if (terms.length === 0) return [atom('ALL')];
  const keys = terms.flatMap((term) =>
    term.isNegated && term.kind !== 'flag'
      ? [atom('NOT'), compileTerm(term)].flat()
      : compileTerm(term),
  );
  const isAscii = terms.every((term) => /^[\u0020-\u007e]*$/.test(term.value));
  return isAscii ? keys : [atom('CHARSET'), atom('UTF-8'), ...keys];
}

function compileTerm({ kind, value, isNegated }: SearchTerm): Token[] {
  switch (kind) {
    case 'any':
      return [atom('TEXT'), string(value)];
    case 'attachment':
      // No standard key exists; what mail programs send with a file is multipart/mixed.
      return [atom('HEADER'), atom('Content-Type'), string('multipart/mixed')];
    case 'flag':
      return [atom(flagKeys[value]![isNegated ? 1 : 0])];
    case 'before':
      return [atom('BEFORE'), atom(readDay(value)!)];
    case 'after':
      return [atom('SINCE'), atom(readDay(value)!)];
    case 'larger':
    case 'smaller':
      return [atom(kind.toUpperCase()), atom(String(readSize(value)))];
    default:
      return [atom(kind.toUpperCase()), string(value)];
  }
}

/** IMAP date of YYYY-MM-DD (or with slashes), or null. */
function readDay(text: string): string | null {
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return `${day}-${months[month - 1]}-${String(year).padStart(4, '0')}`;
}

/** Bytes of "200", "10k", "5M", "1.5MB", or null. */
function readSize(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*([kmg]?)b?$/i.exec(text);
  if (!match) return null;
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase()]!;
  const bytes = Math.round(Number(match[1]) * unit);
  return bytes <= 0xffffffff ? bytes : null;
}

// A search as IMAP SEARCH keys (RFC 9051 §6.4.4). Values stay typed tokens, so they cannot become syntax. Where to
// look (in:) is no key: lib/webmail/search/scope.ts reads it, here it is always true.
import { atom, string, type Token } from '../imap/raw-command.ts';
import {
  joinParts,
  parseQuery,
  readMoment,
  readSize,
  type SearchNode,
  type SearchTerm,
} from './query.ts';

/** What the words of a search mean to this user at this moment. */
export type SearchContext = {
  /** Names of labels and the keywords behind them */
  labels: readonly { keyword: string; name: string }[];
  now: Date;
};

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const daySeconds = 86_400;
const states: Record<string, string[]> = {
  unread: ['UNSEEN'],
  read: ['SEEN'],
  starred: ['FLAGGED'],
  unstarred: ['UNFLAGGED'],
  answered: ['ANSWERED'],
  unanswered: ['UNANSWERED'],
  draft: ['DRAFT'],
  forwarded: ['KEYWORD', '$Forwarded'],
  muted: ['KEYWORD', '$Muted'],
};
const opposites: Record<string, string> = {
  unread: 'read',
  read: 'unread',
  starred: 'unstarred',
  unstarred: 'starred',
  answered: 'unanswered',
  unanswered: 'answered',
};

/** SEARCH keys of a search text, with the charset in front where a value is not ASCII; ALL where nothing is asked. */
export function compileQuery(text: string, context: SearchContext): Token[] {
  const node = joinParts(parseQuery(text));
  const keys = node ? compileNode(node, context) : [];
  if (keys.length === 0) return [atom('ALL')];
  const isAscii = (token: Token): boolean =>
    Array.isArray(token) ? token.every(isAscii) : /^[\u0020-\u007e]*$/.test(token.value);
  return keys.every(isAscii) ? keys : [atom('CHARSET'), atom('UTF-8'), ...keys];
}

/** The keys without their charset: where a connection has said UTF8=ACCEPT it must not be named (RFC 9755 §3). */
export function withoutCharset(keys: Token[], client: { enabled: ReadonlySet<string> }): Token[] {
  const first = keys[0];
  const isNamed = first !== undefined && !Array.isArray(first) && first.value === 'CHARSET';
  return isNamed && client.enabled.has('UTF8=ACCEPT') ? keys.slice(2) : keys;
}

/** Keys all of which must be true; none where it is always true. */
function compileNode(node: SearchNode, context: SearchContext): Token[] {
  switch (node.kind) {
    case 'and':
      return node.items.flatMap((item) => compileNode(item, context));
    case 'or':
      return compileOr(node.items.map((item) => compileNode(item, context)));
    case 'not':
      return compileNot(node.item, context);
    default:
      return compileTerm(node, context);
  }
}

function compileOr(choices: Token[][]): Token[] {
  // One that is always true makes all of them so.
  if (choices.some((keys) => keys.length === 0)) return [];
  const [first, ...rest] = choices;
  if (rest.length === 0) return first ?? [];
  return [atom('OR'), group(first!), group(compileOr(rest))];
}

function compileNot(item: SearchNode, context: SearchContext): Token[] {
  const opposite = item.kind === 'term' && item.field === 'is' ? opposites[item.value] : undefined;
  if (opposite) return [atom(states[opposite]![0]!)];
  const keys = compileNode(item, context);
  return keys.length === 0 ? [] : [atom('NOT'), group(keys)];
}

function group(keys: Token[]): Token {
  return keys.length === 1 ? keys[0]! : keys;
}

function compileTerm({ field, value }: SearchTerm, context: SearchContext): Token[] {
  switch (field) {
    case 'in':
      return [];
    case 'list':
      return [atom('HEADER'), atom('List-Id'), string(value)];
    case 'has':
      // No standard key exists; what mail programs send with a file is multipart/mixed. The text key costs nothing
      // more and lets the server's index spare it most headers.
      return [
        atom('TEXT'),
        string('multipart/mixed'),
        atom('HEADER'),
        atom('Content-Type'),
        string('multipart/mixed'),
      ];
    case 'is':
      return states[value]!.map((word) => atom(word));
    case 'label':
      return compileLabel(value, context);
    case 'larger':
    case 'smaller':
      return [atom(field.toUpperCase()), atom(String(readSize(value)))];
    case 'before':
    case 'after':
    case 'on':
      return compileMoment(field, value, context.now);
    default:
      return [atom(field.toUpperCase()), string(value)];
  }
}

function compileMoment(field: 'before' | 'after' | 'on', value: string, now: Date): Token[] {
  const moment = readMoment(value)!;
  const key = { before: 'BEFORE', after: 'SINCE', on: 'ON' }[field];
  if (moment.kind === 'day') {
    const { year, month, day } = moment;
    return [atom(key), atom(`${day}-${months[month - 1]}-${String(year).padStart(4, '0')}`)];
  }
  const at = new Date(now.getTime() - moment.days * daySeconds * 1000);
  const day = `${at.getUTCDate()}-${months[at.getUTCMonth()]}-${at.getUTCFullYear()}`;
  return [atom(key), atom(day)];
}

/** By its name or by the keyword itself; what can be no keyword (RFC 9051 §9 atom) is on no message. */
function compileLabel(value: string, { labels }: SearchContext): Token[] {
  const lower = value.toLowerCase();
  const known = labels.filter(
    (each) => each.name.toLowerCase() === lower || each.keyword.toLowerCase() === lower,
  );
  const keywords = known.length > 0 ? known.map((each) => each.keyword) : [value];
  const usable = keywords.filter(isKeyword);
  if (usable.length === 0) return [atom('NOT'), atom('ALL')];
  return compileOr(usable.map((keyword) => [atom('KEYWORD'), atom(keyword)]));
}

/** True for what may stand as a keyword: an atom of at most 50 characters. */
export function isKeyword(text: string): boolean {
  return /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~]{1,50}$/.test(text);
}

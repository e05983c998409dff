// The advanced form and the text of the search box are two faces of the same search: criteria to text, and text to
// criteria where the form can show it. Pure.
import {
  formatTerm,
  parseQuery,
  type SearchField,
  type SearchNode,
  type SearchTerm,
} from '#lib/webmail/search/query.ts';

export type Criterion = {
  /** How it goes with the one before it */
  join: 'and' | 'or';
  isNegated: boolean;
  field: Exclude<SearchField, 'in'>;
  value: string;
};

export type FolderChoice = { path: string; isBelow: boolean; isLeftOut: boolean };

export type Criteria = {
  list: Criterion[];
  /** "here", "below" (the open folder with those below it), "all", "anywhere", or the folders named */
  where: 'here' | 'below' | 'all' | 'anywhere' | 'chosen';
  folders: FolderChoice[];
};

export const emptyCriterion: Criterion = {
  join: 'and',
  isNegated: false,
  field: 'text',
  value: '',
};

/** The text of a search. Criteria without a value say nothing. */
export function writeQuery({ list, where, folders }: Criteria): string {
  const words: string[] = [];
  for (const { join, isNegated, field, value } of list) {
    if (value.trim() === '') continue;
    if (join === 'or' && words.length > 0) words.push('OR');
    words.push(`${isNegated ? '-' : ''}${formatTerm(field, value)}`);
  }
  const places = {
    here: [],
    below: [{ path: 'here', isBelow: true, isLeftOut: false }],
    all: [{ path: 'all', isBelow: false, isLeftOut: false }],
    anywhere: [{ path: 'anywhere', isBelow: false, isLeftOut: false }],
    chosen: [],
  }[where];
  // Chosen ones count beside "all" only as those left out.
  const chosen = folders.filter(
    ({ path, isLeftOut }) => path !== '' && (isLeftOut || where === 'chosen'),
  );
  for (const { path, isBelow, isLeftOut } of [...places, ...chosen]) {
    words.push(`${isLeftOut ? '-' : ''}${formatTerm('in', isBelow ? `${path}/*` : path)}`);
  }
  return words.join(' ');
}

/** What the form shows of a text; null where it says more than the form can. */
export function readCriteria(text: string): Criteria | null {
  const criteria: Criteria = { list: [], where: 'here', folders: [] };
  for (const { node } of parseQuery(text)) {
    const items = node.kind === 'or' ? node.items : [node];
    for (const [at, item] of items.entries()) {
      const term = readItem(item);
      if (!term) return null;
      if (term.field === 'in') {
        if (items.length > 1) return null;
        takeFolder(criteria, term);
      } else {
        const { isNegated, field, value } = term;
        criteria.list.push({ join: at > 0 ? 'or' : 'and', isNegated, field, value });
      }
    }
  }
  return criteria;
}

type Item = { isNegated: boolean; field: SearchField; value: string };

function readItem(node: SearchNode): Item | null {
  if (node.kind === 'term') return { isNegated: false, ...pick(node) };
  if (node.kind === 'not' && node.item.kind === 'term') {
    return { isNegated: true, ...pick(node.item) };
  }
  return null;
}

const pick = ({ field, value }: SearchTerm) => ({ field, value });

function takeFolder(criteria: Criteria, { isNegated, value }: Item): void {
  const lower = value.toLowerCase();
  if (!isNegated && (lower === 'all' || lower === 'anywhere')) criteria.where = lower;
  else if (!isNegated && lower === 'here/*') criteria.where = 'below';
  else {
    const isBelow = value.endsWith('/*');
    const path = isBelow ? value.slice(0, -2) : value;
    criteria.folders.push({ path, isBelow, isLeftOut: isNegated });
    if (!isNegated) criteria.where = 'chosen';
  }
}

/** The text with another place to look in; what it says of single folders goes. */
export function withPlace(text: string, where: 'here' | 'below' | 'all'): string {
  const words = parseQuery(text)
    .filter(({ node }) => !isPlace(node))
    .map((part) => part.text);
  if (where === 'below') words.push('in:here/*');
  if (where === 'all') words.push('in:all');
  return words.join(' ');
}

function isPlace(node: SearchNode): boolean {
  return node.kind === 'not' ? isPlace(node.item) : node.kind === 'term' && node.field === 'in';
}

/** Which of the three places a text names; null for another one. */
export function readPlaceOf(text: string): 'here' | 'below' | 'all' | null {
  const places = parseQuery(text).filter(({ node }) => isPlace(node));
  if (places.length === 0) return 'here';
  if (places.length > 1) return null;
  const value = places[0]!.text.toLowerCase();
  return value === 'in:all' ? 'all' : value === 'in:here/*' ? 'below' : null;
}

// What the search box offers for the word at its end: operators, people, folders, labels, states, days. Pure.
import {
  formatTerm,
  type SearchField,
  searchFields,
  searchStates,
} from '#lib/webmail/search/query.ts';

export type Suggestion = {
  kind: 'operator' | 'person' | 'folder' | 'label' | 'state' | 'day' | 'recent';
  /** The whole text of the box once it is chosen */
  text: string;
  /** What is shown */
  title: string;
  detail: string;
  /** More is to be typed behind it */
  isOpen: boolean;
};

export type Known = {
  folders: readonly { path: string; name: string }[];
  labels: readonly { name: string }[];
  people: readonly { name: string; address: string }[];
  recent: readonly string[];
  /** Words of an operator, a state or a day in the person's language */
  describe: (kind: 'operator' | 'state' | 'day' | 'place', name: string) => string;
};

const most = 9;
const offered = searchFields.filter((field) => field !== 'text');
const days = ['today', 'yesterday', '7d', '30d', '1y'];
const personFields: readonly SearchField[] = ['from', 'to', 'cc', 'bcc'];

/** The word at the end of a text: what stands before it, its operator and its value. */
export function readLastWord(text: string): {
  before: string;
  operator: string | null;
  value: string;
} {
  const match = /(?:^|\s)(-?)(?:([a-z]+):)?("[^"]*|[^\s"]*)$/i.exec(text);
  if (!match) return { before: text, operator: null, value: '' };
  const minus = match[1] ?? '';
  const at = text.length - match[0].trimStart().length;
  const value = (match[3] ?? '').replace(/^"/, '');
  return { before: text.slice(0, at) + minus, operator: match[2]?.toLowerCase() ?? null, value };
}

/** The part of the text for which people are looked up; '' where none are wanted. */
export function readPerson(text: string): string {
  const { operator, value } = readLastWord(text);
  const isAsked = operator === null || personFields.includes(operator as SearchField);
  return isAsked && value.length > (operator ? 0 : 1) ? value : '';
}

/** Suggestions for the end of a text, the likeliest first; at most nine. */
export function suggestSearch(text: string, known: Known): Suggestion[] {
  const { before, operator, value } = readLastWord(text);
  if (text.trim() === '')
    return [...listRecent('', known), ...listOperators(before, '', known)].slice(0, most);
  const lists =
    operator === null
      ? [
          ...listRecent(text, known).slice(0, 2),
          ...(value === '' ? [] : listPeople(before, 'from', known).slice(0, 3)),
          ...listOperators(before, value, known),
          ...(value === '' ? [] : listFolders(before, value, known).slice(0, 2)),
          ...(value === '' ? [] : listLabels(before, value, known).slice(0, 2)),
        ]
      : listOf(operator, before, value, known);
  return lists.slice(0, most);
}

function listOf(operator: string, before: string, value: string, known: Known): Suggestion[] {
  if (personFields.includes(operator as SearchField)) {
    return listPeople(before, operator as SearchField, known);
  }
  switch (operator) {
    case 'in':
      return [...listPlaces(before, value, known), ...listFolders(before, value, known)];
    case 'label':
      return listLabels(before, value, known);
    case 'is':
      return listWords(before, 'is', searchStates, value, 'state', known);
    case 'has':
      return listWords(before, 'has', ['attachment'], value, 'state', known);
    case 'before':
    case 'after':
    case 'on':
      return listWords(before, operator, days, value, 'day', known);
    default:
      return [];
  }
}

const begins = (text: string, wanted: string) =>
  text.toLowerCase().startsWith(wanted.toLowerCase()) ||
  text
    .toLowerCase()
    .split(/[\s/._-]+/)
    .some((word) => word.startsWith(wanted.toLowerCase()));

function finish(before: string, field: SearchField, value: string): string {
  return `${before}${formatTerm(field, value)} `;
}

function listRecent(text: string, { recent }: Known): Suggestion[] {
  return recent
    .filter(
      (each) => each !== text.trim() && each.toLowerCase().startsWith(text.trim().toLowerCase()),
    )
    .slice(0, 5)
    .map((each) => ({ kind: 'recent', text: each, title: each, detail: '', isOpen: false }));
}

function listOperators(before: string, value: string, { describe }: Known): Suggestion[] {
  return offered
    .filter((field) => field.startsWith(value.toLowerCase()) && field !== value)
    .map((field) => ({
      kind: 'operator',
      text: `${before}${field}:`,
      title: `${field}:`,
      detail: describe('operator', field),
      isOpen: true,
    }));
}

function listPeople(before: string, field: SearchField, { people }: Known): Suggestion[] {
  return people.slice(0, 6).map(({ name, address }) => ({
    kind: 'person',
    text: finish(before, field, address),
    title: `${field}:${address}`,
    detail: name,
    isOpen: false,
  }));
}

function listPlaces(before: string, value: string, { describe }: Known): Suggestion[] {
  return ['all', 'anywhere', 'here/*']
    .filter((place) => place.startsWith(value.toLowerCase()))
    .map((place) => ({
      kind: 'folder',
      text: finish(before, 'in', place),
      title: `in:${place}`,
      detail: describe('place', place),
      isOpen: false,
    }));
}

function listFolders(before: string, value: string, { folders }: Known): Suggestion[] {
  return folders
    .filter(({ path, name }) => begins(name, value) || begins(path, value))
    .slice(0, 6)
    .map(({ path, name }) => ({
      kind: 'folder',
      text: finish(before, 'in', path),
      title: formatTerm('in', path),
      detail: name,
      isOpen: false,
    }));
}

function listLabels(before: string, value: string, { labels }: Known): Suggestion[] {
  return labels
    .filter(({ name }) => begins(name, value))
    .slice(0, 6)
    .map(({ name }) => ({
      kind: 'label',
      text: finish(before, 'label', name),
      title: formatTerm('label', name),
      detail: name,
      isOpen: false,
    }));
}

function listWords(
  before: string,
  field: SearchField,
  words: readonly string[],
  value: string,
  kind: 'state' | 'day',
  { describe }: Known,
): Suggestion[] {
  return words
    .filter((word) => word.startsWith(value.toLowerCase()))
    .map((word) => ({
      kind,
      text: finish(before, field, word),
      title: `${field}:${word}`,
      detail: describe(kind, word),
      isOpen: false,
    }));
}

// What a search will need, read from its criterion: which columns, which UIDs at most, which texts the index
// may be asked for; and the refusal of what costs others too much. No I/O.
import { Refusal } from '#lib/errors.ts';
import { type Criterion, readNeedle, type TextCriterion } from './search-criterion.ts';
import { isIndexed, type TextKey } from './text-hits.ts';

const maxNodes = 5000;
const maxDepth = 1200;
/** Of one text key, and of all together: how long a text takes to look through grows with them. */
const maxNeedle = 500;
const maxNeedles = 5000;
/** Texts that the index is asked for; whatever is left to look for is looked for in the text. */
const maxKeys = 32;

export type RowColumn = 'keywords' | 'internalDate' | 'savedAt' | 'emailId' | 'threadId';

/** Dates and ids cost more to read than all the rest of a row: only where a key asks for them. */
export function findColumns(criterion: Criterion): RowColumn[] {
  const columns = new Set<RowColumn>();
  for (const node of walk(criterion)) {
    if (node.kind === 'keyword') columns.add('keywords');
    else if (node.kind === 'emailid') columns.add('emailId');
    else if (node.kind === 'threadid') columns.add('threadId');
    else if (node.kind === 'age') columns.add('internalDate');
    else if (node.kind === 'date' && node.field === 'internal') columns.add('internalDate');
    else if (node.kind === 'date' && node.field === 'saved') columns.add('savedAt');
  }
  return [...columns];
}

/** Names of the header fields that are looked into (lower case). */
export function findFieldNames(criterion: Criterion): Set<string> {
  const names = new Set<string>();
  for (const node of walk(criterion)) {
    if (node.kind === 'header') names.add(node.name.toLowerCase());
    else if (node.kind === 'text' && node.field === 'bcc') names.add('bcc');
    else if (node.kind === 'date' && node.field === 'sent') names.add('date');
  }
  return names;
}

/** The texts that the index is asked for, and the number of each by its node. */
export function findTextKeys(criterion: Criterion): {
  keys: TextKey[];
  numbers: Map<Criterion, number>;
} {
  const keys: TextKey[] = [];
  const numbers = new Map<Criterion, number>();
  const known = new Map<string, number>();
  for (const node of walk(criterion)) {
    if (node.kind !== 'text') continue;
    const key = toKey(node);
    if (!key) continue;
    const name = `${key.field} ${key.needle}`;
    const number = known.get(name) ?? keys.length;
    if (number === keys.length) {
      if (keys.length === maxKeys) continue;
      keys.push(key);
      known.set(name, number);
    }
    numbers.set(node, number);
  }
  return { keys, numbers };
}

function toKey({ field, value }: TextCriterion): TextKey | null {
  if (field === 'bcc') return null;
  const key = { field, needle: readNeedle(value) };
  return key.needle !== '' && isIndexed(key) ? key : null;
}

/** Whether UIDs and answers of the index decide everything. */
export function isTextAlone(criterion: Criterion, numbers: Map<Criterion, number>): boolean {
  for (const node of walk(criterion)) {
    const isText = node.kind === 'text' && (numbers.has(node) || node.value === '');
    if (!isText && !['all', 'and', 'or', 'not', 'uid'].includes(node.kind)) return false;
  }
  return numbers.size > 0;
}

const rollKinds: readonly Criterion['kind'][] = [
  'all',
  'and',
  'or',
  'not',
  'flag',
  'keyword',
  'uid',
  'modseq',
];

/** Whether what the roll of the mailbox has of a message (roll.ts) decides everything. */
export function isRollAlone(criterion: Criterion): boolean {
  for (const { kind } of walk(criterion)) if (!rollKinds.includes(kind)) return false;
  return true;
}

/** What decides where bits of FLAG alone do: those of `mask` are like `wanted`. Null where other things do too. */
export function readFlagTest(criterion: Criterion): { mask: number; wanted: number } | null {
  if (criterion.kind === 'all') return { mask: 0, wanted: 0 };
  if (criterion.kind === 'flag') return { mask: criterion.flag, wanted: criterion.flag };
  if (criterion.kind === 'not') {
    return criterion.item.kind === 'flag' ? { mask: criterion.item.flag, wanted: 0 } : null;
  }
  if (criterion.kind !== 'and') return null;
  const test = { mask: 0, wanted: 0 };
  for (const item of criterion.items) {
    // One in another could be nested without end.
    const inner = item.kind === 'and' ? null : readFlagTest(item);
    // The same flag twice: once with and once without it fits nothing, which others find out too.
    if (!inner || (inner.mask & test.mask) !== 0) return null;
    test.mask |= inner.mask;
    test.wanted |= inner.wanted;
  }
  return test;
}

/** The stretch of UIDs outside which nothing can fit. */
export function findUidBounds(criterion: Criterion): [number, number] {
  const all: [number, number] = [1, 0xffff_ffff];
  if (criterion.kind === 'uid') {
    if (criterion.ranges.length === 0) return [1, 0];
    return criterion.ranges.reduce<[number, number]>(
      ([first, last], [a, b]) => [Math.min(first, a, b), Math.max(last, a, b)],
      [0xffff_ffff, 1],
    );
  }
  if (criterion.kind !== 'and') return all;
  return criterion.items.map(findUidBounds).reduce(([first, last], [a, b]) => {
    return [Math.max(first, a), Math.min(last, b)];
  }, all);
}

/** The criterion and everything in it. Without recursion, since this is what finds the endless ones. */
function* walk(criterion: Criterion): Generator<Criterion> {
  const open: [Criterion, number][] = [[criterion, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (depth > maxDepth) throw new Refusal('limit', 'The search is nested too deep.');
    yield node;
    if (node.kind === 'not') open.push([node.item, depth + 1]);
    else if (node.kind === 'and' || node.kind === 'or') {
      for (const item of node.items) open.push([item, depth + 1]);
    }
  }
}

/** Refusal 'limit' for a criterion that nobody needs and that others would wait for. */
export function checkCost(criterion: Criterion): void {
  let nodes = 0;
  let needles = 0;
  for (const node of walk(criterion)) {
    const needle = node.kind === 'text' || node.kind === 'header' ? node.value.length : 0;
    needles += needle;
    if (++nodes > maxNodes) throw new Refusal('limit', 'The search has too many keys.');
    if (needle > maxNeedle || needles > maxNeedles) {
      throw new Refusal('limit', 'The texts to search for are too long.');
    }
  }
}

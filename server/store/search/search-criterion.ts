// Search keys compiled to tests. A test may answer "not yet known" (null) while the message has not been
// loaded far enough; "and", "or" and "not" carry that on (three-valued logic), so that a cheap key decides
// for a dear one. No I/O here.
import { now } from '#lib/clock.ts';
import { decodeUnstructured } from '#lib/mail/header.ts';
import { foldText, type SearchText } from '../fold.ts';
import { hasKeyword } from '../keywords.ts';

export type Criterion =
  | { kind: 'all' }
  | { kind: 'and' | 'or'; items: Criterion[] }
  | { kind: 'not'; item: Criterion }
  | { kind: 'flag'; flag: number }
  | { kind: 'keyword'; keyword: string }
  | { kind: 'uid'; ranges: [number, number][] }
  | {
      kind: 'text';
      field: 'subject' | 'from' | 'to' | 'cc' | 'bcc' | 'body' | 'text';
      value: string;
    }
  | { kind: 'header'; name: string; value: string }
  | {
      kind: 'date';
      field: 'internal' | 'sent' | 'saved';
      relation: 'before' | 'on' | 'since';
      /** YYYY-MM-DD */
      day: string;
    }
  | { kind: 'size'; relation: 'larger' | 'smaller'; bytes: number }
  | { kind: 'modseq'; value: number }
  | { kind: 'emailid' | 'threadid'; value: string }
  | { kind: 'age'; relation: 'older' | 'younger'; seconds: number };

/** How far a message has to be loaded, in the order of cost. */
export type Stage = 'row' | 'fields' | 'header' | 'text';
const stageOrder: Stage[] = ['row', 'fields', 'header', 'text'];

export type TextCriterion = Extract<Criterion, { kind: 'text' }>;

export type Candidate = {
  uid: number;
  modseq: number;
  flags: number;
  keywords: string;
  sizeBytes: number;
  internalDate: Date;
  savedAt: Date;
  emailId: string;
  threadId: string;
  fields?:
    | (Record<'subject' | 'from' | 'to' | 'cc', SearchText> & { sentAt: Date | null })
    | undefined;
  header?: { key: string; rawValue: string; text: SearchText }[] | undefined;
  text?: Record<'prefix' | 'header' | 'body', SearchText> | undefined;
  /** What the text index says of a key, by the key's number; null where it does not know. */
  known?: ((key: number) => boolean | null) | undefined;
};

export type Test = { stages: Set<Stage>; match(candidate: Candidate): boolean | null };

/** The number of a key that the text index may know something of, or null. */
export type NumberOf = (criterion: TextCriterion) => number | null;

/** The test of a criterion. */
export function compileCriterion(criterion: Criterion, numberOf: NumberOf = () => null): Test {
  switch (criterion.kind) {
    case 'and':
      return compileList(criterion.items, false, numberOf);
    case 'or':
      return compileList(criterion.items, true, numberOf);
    case 'not': {
      const inner = compileCriterion(criterion.item, numberOf);
      const match = (candidate: Candidate) => {
        const verdict = inner.match(candidate);
        return verdict === null ? null : !verdict;
      };
      return { stages: inner.stages, match };
    }
    case 'text':
      return compileText(criterion, numberOf(criterion));
    case 'header':
      return compileHeader(criterion.name, readNeedle(criterion.value));
    case 'date':
      return compileDate(criterion.field, criterion.relation, criterion.day);
    default:
      return { stages: new Set(['row']), match: compileRow(criterion) };
  }
}

/** "or" is settled by one true, "and" by one false. */
function compileList(items: Criterion[], decisive: boolean, numberOf: NumberOf): Test {
  const cost = (test: Test) =>
    Math.max(...[...test.stages].map((stage) => stageOrder.indexOf(stage)));
  const tests = items
    .map((item) => compileCriterion(item, numberOf))
    .sort((a, b) => cost(a) - cost(b));
  const match = (candidate: Candidate) => {
    let isKnown = true;
    for (const test of tests) {
      const verdict = test.match(candidate);
      if (verdict === decisive) return decisive;
      if (verdict === null) isKnown = false;
    }
    return isKnown ? !decisive : null;
  };
  return { stages: new Set(['row', ...tests.flatMap((test) => [...test.stages])]), match };
}

type RowCriterion = Extract<
  Criterion,
  { kind: 'all' | 'flag' | 'keyword' | 'uid' | 'size' | 'modseq' | 'emailid' | 'threadid' | 'age' }
>;

function compileRow(criterion: RowCriterion): (candidate: Candidate) => boolean {
  switch (criterion.kind) {
    case 'all':
      return () => true;
    case 'flag':
      return ({ flags }) => (flags & criterion.flag) !== 0;
    case 'keyword':
      return ({ keywords }) => hasKeyword(keywords, criterion.keyword);
    case 'uid':
      return compileUids(criterion.ranges);
    case 'size':
      return criterion.relation === 'larger'
        ? ({ sizeBytes }) => sizeBytes > criterion.bytes
        : ({ sizeBytes }) => sizeBytes < criterion.bytes;
    case 'modseq':
      // RFC 7162 §3.1.5: equal to or greater than.
      return ({ modseq }) => modseq >= criterion.value;
    case 'emailid':
      return ({ emailId }) => emailId === criterion.value;
    case 'threadid':
      return ({ threadId }) => threadId === criterion.value;
    case 'age': {
      // RFC 5032 §3, counted in INTERNALDATE.
      const limit = now().getTime() - criterion.seconds * 1000;
      return criterion.relation === 'older'
        ? ({ internalDate }) => internalDate.getTime() <= limit
        : ({ internalDate }) => internalDate.getTime() >= limit;
    }
  }
}

/** Ranges may lie in any order and overlap: merged once, then each UID is one binary search. */
function compileUids(ranges: [number, number][]): (candidate: Candidate) => boolean {
  const merged: [number, number][] = [];
  const sorted = ranges.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]);
  for (const range of sorted.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return ({ uid }) => {
    let low = 0;
    let high = merged.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = merged[middle]!;
      if (uid < first) high = middle - 1;
      else if (uid > last) low = middle + 1;
      else return true;
    }
    return false;
  };
}

/** As it is looked for: folded, and well-formed as all texts are. */
export function readNeedle(value: string): string {
  return foldText(value.toWellFormed());
}

function compileText({ field, value }: TextCriterion, number: number | null): Test {
  const needle = readNeedle(value);
  if (field === 'bcc') return compileHeader('bcc', needle);
  // The empty string is in every text (RFC 3501 §6.4.4).
  if (needle === '') return { stages: new Set(['row']), match: () => true };
  const look = lookInto(field, needle);
  const stage = field === 'body' || field === 'text' ? 'text' : 'fields';
  if (number === null) return { stages: new Set([stage]), match: look };
  const match = (candidate: Candidate) => candidate.known?.(number) ?? look(candidate);
  return { stages: new Set([stage]), match };
}

function lookInto(
  field: Exclude<TextCriterion['field'], 'bcc'>,
  needle: string,
): (candidate: Candidate) => boolean | null {
  if (field === 'body') return ({ text }) => (text ? text.body.includes(needle) : null);
  if (field === 'text') {
    const isIn = ({ header, body, prefix }: NonNullable<Candidate['text']>) =>
      header.includes(needle) || body.includes(needle) || prefix.includes(needle);
    return ({ text }) => (text ? isIn(text) : null);
  }
  return ({ fields }) => (fields ? fields[field].includes(needle) : null);
}

/** RFC 3501 §6.4.4 HEADER: an empty string fits every message that has the field. */
function compileHeader(name: string, needle: string): Test {
  const key = name.toLowerCase();
  const match = ({ header }: Candidate) =>
    header ? header.some((field) => field.key === key && field.text.includes(needle)) : null;
  return { stages: new Set(['header']), match };
}

type Relation = 'before' | 'on' | 'since';
const dayMs = 86_400_000;

/** RFC 3501 §6.4.4: days are compared without regard to time and zone. */
function compileDate(field: 'internal' | 'sent' | 'saved', relation: Relation, day: string): Test {
  if (field !== 'sent') {
    const read = field === 'internal' ? 'internalDate' : 'savedAt';
    const match = (candidate: Candidate) =>
      compareDays(candidate[read].toISOString().slice(0, 10), relation, day);
    return { stages: new Set(['row']), match };
  }
  const start = Date.parse(`${day}T00:00:00Z`);
  const match = ({ fields, header }: Candidate) => {
    if (!fields) return null;
    // Without a readable Date field there is no day to compare.
    if (!fields.sentAt) return false;
    // A zone moves the day by less than one: far from the day the moment alone decides.
    const sent = fields.sentAt.getTime();
    if (sent < start - dayMs) return relation === 'before';
    if (sent >= start + 2 * dayMs) return relation === 'since';
    if (!header) return null;
    const field = header.find(({ key }) => key === 'date');
    const written = field && readWrittenDay(decodeUnstructured(field.rawValue));
    return compareDays(written || fields.sentAt.toISOString().slice(0, 10), relation, day);
  };
  return { stages: new Set(['fields', 'header']), match };
}

function compareDays(day: string, relation: Relation, other: string): boolean {
  if (relation === 'on') return day === other;
  return relation === 'before' ? day < other : day >= other;
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** The day as the sender wrote it, "YYYY-MM-DD", or null where it is not in the usual form. */
function readWrittenDay(text: string): string | null {
  const match = /\b(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{4})\b/i.exec(text.slice(0, 200));
  const month = months.indexOf(match?.[2]?.toLowerCase() ?? '') + 1;
  if (!match || month === 0) return null;
  return `${match[3]}-${String(month).padStart(2, '0')}-${match[1]!.padStart(2, '0')}`;
}

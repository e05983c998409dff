// Entries and their fields in words, for people. Pure.
import { type Fields, isMasked } from '#lib/history/revise.ts';
import type { What } from './section.ts';

const maxLength = 200;

/** A value as a person reads it: "none", "yes", a list with commas. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (value === '') return 'empty';
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (isMasked(value)) return '(secret)';
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const text = isList
    ? value.join(', ') || 'empty'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

export type Difference = { field: string; before: string; after: string };

/** What differs, field by field; of what is new or gone all that is not empty. */
export function listDifferences(before: Fields | null, after: Fields | null): Difference[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].flatMap((field) => {
    const [old, now] = [before?.[field], after?.[field]];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    if (!(before && after) && isNothing(before ? old : now)) return [];
    const isOtherSecret = before && after && isMasked(old) && isMasked(now);
    return [
      {
        field,
        before: before ? describeValue(old) : '',
        after: isOtherSecret ? '(another secret)' : after ? describeValue(now) : '',
      },
    ];
  });
}

type Change = { kind: string; subject: string; before: Fields | null; after: Fields | null };

/** A change in the words of a list: of what is new or gone not what its name says already. */
export function describeChange({ kind, subject, before, after }: Change): {
  what: What;
  differences: Difference[];
} {
  // Without a row a setting has its default: it is always there.
  if (kind === 'setting') {
    const say = (fields: Fields | null) => (fields ? describeValue(fields.value) : 'default');
    const isSecret = isMasked(before?.value) && isMasked(after?.value);
    const now = isSecret ? '(another secret)' : say(after);
    return { what: 'changed', differences: [{ field: 'value', before: say(before), after: now }] };
  }
  const what = before ? (after ? 'changed' : 'removed') : 'added';
  const differences = listDifferences(before, after).filter(
    ({ before, after }) => what === 'changed' || !isNamed(subject, before || after),
  );
  return { what, differences };
}

/** Whether the name of a thing holds a value: its address, its pattern. Not by chance, as a digit would be. */
function isNamed(subject: string, value: string): boolean {
  return value.length > 3 && subject.includes(value);
}

/** Whether a field says no more than that there is none. */
export function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === undefined || value === '' || value === false;
}

/** "comment office, expiresAt none" */
export function describeFields(fields: Fields): string {
  const parts = listDifferences(null, fields).map(({ field, after }) => `${field} ${after}`);
  return parts.join(', ') || 'empty';
}

// Rows coloured by rules of the person: the first that fits counts. Pure.
import type { ColourRule } from '#lib/preferences/list.ts';
import type { MessageRow, Person } from '#lib/webmail/list/message-list.ts';

/** The colour of each name, light and dark; a row is tinted with a little of it, so that its text stays readable. */
export const colourValues: Record<ColourRule['colour'], string> = {
  red: 'light-dark(#d92d20, #f97066)',
  orange: 'light-dark(#e0620d, #fb923c)',
  yellow: 'light-dark(#c79a00, #facc15)',
  green: 'light-dark(#16a34a, #4ade80)',
  teal: 'light-dark(#0d9488, #2dd4bf)',
  blue: 'light-dark(#2563eb, #60a5fa)',
  violet: 'light-dark(#7c3aed, #a78bfa)',
};

/** The first rule that fits a row, or null. */
export function findRule(
  rules: readonly ColourRule[],
  row: Pick<MessageRow, 'from' | 'to' | 'cc' | 'subject'>,
): ColourRule | null {
  return rules.find((rule) => fits(rule, row)) ?? null;
}

function fits(
  { field, text }: ColourRule,
  row: Pick<MessageRow, 'from' | 'to' | 'cc' | 'subject'>,
): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return false;
  if (field === 'subject') return row.subject.toLowerCase().includes(wanted);
  const people = field === 'to-cc' ? [...row.to, ...row.cc] : row[field];
  return people.some((person) => wordsOf(person).includes(wanted));
}

function wordsOf({ name, address }: Person): string {
  return `${name} <${address}>`.toLowerCase();
}

// The numbers of a quota, of a user or a domain: how many bytes, how many messages, how many users and aliases.
import { Refusal } from '../errors.ts';

const texts = {
  quotaBytes: 'The quota must be a number of bytes.',
  quotaMessages: 'The limit must be a whole number of messages.',
  maxUsers: 'The limit must be a whole number of users.',
  maxAliases: 'The limit must be a whole number of aliases.',
};

/** What the columns hold. */
const mostCounted = 1_000_000_000;

/** Refusal 'invalid' with the field, unless it is a whole number from 0 on, or nothing at all. */
export function requireLimit(value: number | null | undefined, field: keyof typeof texts): void {
  if (value === null || value === undefined) return;
  const most = field.startsWith('max') ? mostCounted : Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new Refusal('invalid', texts[field], field);
}

// The numbers of a quota, of a user or a domain: how many bytes, how many messages.
import { Refusal } from '../errors.ts';

const texts = {
  quotaBytes: 'The quota must be a number of bytes.',
  quotaMessages: 'The limit must be a whole number of messages.',
};

/** Refusal 'invalid' with the field, unless it is a whole number from 0 on, or nothing at all. */
export function requireLimit(value: number | null | undefined, field: keyof typeof texts): void {
  if (value === null || value === undefined) return;
  if (!Number.isSafeInteger(value) || value < 0) throw new Refusal('invalid', texts[field], field);
}

// How forms write down the limits of users and domains: a size, a number of messages.
import { z } from 'zod';
import { parseBytes } from '#lib/settings/index.ts';

const text = z.string().trim().max(40).default('');

/** A size such as "5 GB"; empty stands for `empty`. */
export function sizeField<T extends number | null>(empty: T, help: string) {
  return text
    .transform((written): number | T => (written === '' ? empty : parseBytes(written)))
    .refine((bytes) => bytes === null || Number.isSafeInteger(bytes), help);
}

/** A number of messages, in groups of three or not; empty stands for `empty`. */
export function countField<T extends number | null>(empty: T, help: string) {
  return text
    .transform((written): number | T => (written === '' ? empty : parseCount(written)))
    .refine((count) => count === null || Number.isSafeInteger(count), help);
}

function parseCount(written: string): number {
  const digits = written.replaceAll(/[\s,]/g, '');
  return /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
}

// A request's JSON in the shape a route wants.
import type { z } from 'zod';
import { Refusal } from '#lib/errors.ts';

/** The value in shape. Refusal 'invalid' with the field at fault. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? null;
  throw new Refusal('invalid', 'The request does not fit.', path);
}

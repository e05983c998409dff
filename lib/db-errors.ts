// What an error of the database means, whichever database and layer it comes from.
import { Refusal } from './errors.ts';

/** SQLSTATE or code of SQLite, Prisma's kind: of an error from the engine, from raw SQL or straight from the driver. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Object) || !('code' in error)) return [];
  const { code, meta } = error as {
    code: unknown;
    meta?: { driverAdapterError?: { cause?: { kind?: string; code?: string } } };
  };
  const cause = meta?.driverAdapterError?.cause;
  return [String(code), cause?.kind ?? '', cause?.code ?? ''];
}

const uniqueNames = [
  'P2002',
  'UniqueConstraintViolation',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  '23505',
];
/** Deadlock, or a row that changed under a stricter isolation than ours. */
const conflictNames = ['P2034', 'TransactionWriteConflict', '40P01', '40001'];

/** True for a unique violation, on either database. */
export function isUniqueViolation(error: unknown): boolean {
  return namesOf(error).some((name) => uniqueNames.includes(name));
}

/** True where PostgreSQL gave up a transaction so that another one could go on. */
export function isConflict(error: unknown): boolean {
  return namesOf(error).some((name) => conflictNames.includes(name));
}

/** Where PostgreSQL was given a text with a NUL, which it keeps in none: Refusal 'invalid' in place of the error. */
export function refuseUnstorable(error: unknown): unknown {
  return namesOf(error).includes('22021') ? new Refusal('invalid', 'This does not fit.') : error;
}

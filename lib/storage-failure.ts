// What may go wrong with the ground that everything stands on, said once for both databases and for files:
//
//   a refusal   the disk is full, the database out of reach: nothing was done, the client may try again
//   the end     a commit or a sync failed: nobody knows what the disk holds, so nobody is answered and the
//               process ends at once; who starts it again reads what is really there
//
// Why the end: after a failed fsync the kernel may call the pages clean, and the next one succeeds without
// having written them; a process that goes on would build on what is not there.
import { Refusal } from './errors.ts';
import { logOf } from './log.ts';

const log = logOf('storage');

/** Exit code of a process that ended because of its storage (sysexits.h EX_IOERR). */
export const storageLostCode = 74;

/** A Refusal 'unavailable' whose reason is the storage; `isFull` where room helps. */
export class StorageRefusal extends Refusal {
  readonly isFull: boolean;

  constructor(isFull: boolean) {
    super(
      'unavailable',
      isFull
        ? 'The server has no room left. Try again later.'
        : 'The server cannot reach its storage. Try again later.',
    );
    this.isFull = isFull;
  }
}

const fullCodes = /^(SQLITE_FULL|ENOSPC|EDQUOT|53100)$/;
/** PostgreSQL: class 08 connection, 53 resources, 57P0x shut down. P…: Prisma's words for the same. */
const faultCodes =
  /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|NOMEM|BUSY|PROTOCOL|CORRUPT|NOTADB)\w*|ENOSPC|EDQUOT|EROFS|EIO|EMFILE|ENFILE|ENOMEM|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\w{3}|53\w{3}|57P0\d|P1001|P1002|P1008|P1017|P2024|P2028)$/;
const syncCodes = /^SQLITE_IOERR_(DIR_)?FSYNC$/;
/** Words of pg for a connection that broke, which has no code. */
const brokenConnection =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|connect ENOENT/;

/** The codes that an error carries, however deep the libraries wrapped it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let at = error as Wrapped | undefined;
  for (let depth = 0; depth < 5 && at instanceof Object; depth++) {
    for (const code of [at.code, at.originalCode]) if (typeof code === 'string') codes.push(code);
    // Whatever stands between us and the database, a socket in a folder too.
    if (at.syscall === 'connect') codes.push('08001');
    at = at.meta?.driverAdapterError ?? at.cause;
  }
  if (error instanceof Error && brokenConnection.test(error.message)) codes.push('08006');
  return codes;
}

type Wrapped = {
  code?: unknown;
  originalCode?: unknown;
  syscall?: unknown;
  cause?: Wrapped;
  meta?: { driverAdapterError?: Wrapped };
};

/**
 * The refusal that stands for a fault of the storage (logged here, once), or the error itself where it is
 * none. A failed sync ends the process.
 */
export function refuseFault(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  const codes = codesOf(error);
  if (codes.some((code) => syncCodes.test(code))) endProcess('A sync of the database', error);
  if (!codes.some((code) => faultCodes.test(code))) return error;
  const refusal = new StorageRefusal(codes.some((code) => fullCodes.test(code)));
  log.error({ err: error, code: codes.at(-1) }, `the storage failed: ${refusal.message}`);
  return refusal;
}

/** Where a commit failed: true when the database has said itself that nothing of it is stored. */
export function isKnownRolledBack(error: unknown): boolean {
  const codes = codesOf(error);
  // P2028: Prisma had ended the transaction before. SQLSTATE: the server answered, and not from its death bed.
  if (codes.includes('P2028')) return true;
  return codes.some((code) => /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|P\d|E[A-Z]{4})/.test(code));
}

type Ending = (code: number) => void;
let ending: Ending = (code) => process.exit(code);

/** What ends the process (the daemon begins again in its place); tests look without dying. */
export function setEnding(end: Ending): void {
  ending = end;
}

/** Ends the process after `what` ("The commit") failed. Whoever calls must answer nobody any more. */
export function endProcess(what: string, error: unknown): void {
  log.fatal(
    { err: error, code: codesOf(error).at(-1) },
    `${what} failed. What the disk holds is unknown: the process ends and must start again.`,
  );
  ending(storageLostCode);
}

/** For a sync of our own files: a failure that is not plain lack of room is the end. */
export async function syncOrEnd(what: string, sync: () => Promise<void>): Promise<void> {
  try {
    await sync();
  } catch (error) {
    // No room: said before anything was promised of the file, which is thrown away.
    if (codesOf(error).some((code) => fullCodes.test(code))) throw error;
    endProcess(what, error);
    await new Promise(() => {});
  }
}

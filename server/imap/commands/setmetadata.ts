// SETMETADATA (RFC 5464 §4.3): all of what is named, or nothing.
import { refuseRight } from '#lib/accounts/rights.ts';
import {
  type AnnotationChange,
  AnnotationLimit,
  entryLimit,
  isPrivate,
  valueLimitBytes,
  writeAnnotations,
} from '#server/store/sharing/annotations.ts';
import { parseEntry, parseValue, specialUseEntry } from '../annotation-entry.ts';
import { type Annotated, adminEntry, findAnnotated } from '../annotation-holder.ts';
import type { Session } from '../session.ts';
import { specialUses } from '../special-use.ts';
import { Bad } from '../wire/bad.ts';
import { type Ending, no, ok } from '../wire/encode.ts';
import { defineCommand, signedIn } from './command.ts';

type Args = { name: string; changes: AnnotationChange[] };

export const setMetadata = defineCommand<Args>({
  name: 'SETMETADATA',
  states: signedIn,
  parse(cursor) {
    cursor.space();
    const name = cursor.mailbox();
    cursor.space();
    const changes: AnnotationChange[] = [];
    cursor.list(() => {
      if (changes.length >= entryLimit) throw new Bad('Too many annotations');
      const entry = parseEntry(cursor);
      cursor.space();
      changes.push({ entry, value: parseValue(cursor) });
    });
    cursor.expectEnd();
    if (changes.length === 0) throw new Bad('Name an annotation');
    return { name, changes };
  },
  async *run(session, { name, changes }) {
    const annotated = await findAnnotated(session, name);
    const refusal = refuseChange(session, annotated, changes);
    if (refusal) return refusal;
    const { located } = annotated;
    // In the server's own annotations it is a name like any other.
    const isKept = ({ entry }: AnnotationChange) => !located || entry !== specialUseEntry;
    const use = changes.filter((change) => !isKept(change)).at(-1);
    const specialUse = use && readSpecialUse(use.value);
    if (use && (specialUse === undefined || !located?.isOwn || located.mailbox.name === 'INBOX')) {
      return no('This special use is not supported', 'USEATTR'); // RFC 6154 §5.4
    }
    const kept = changes.filter(isKept);
    try {
      await writeAnnotations(annotated.holder, session.accountId, kept, specialUse);
    } catch (error) {
      if (error instanceof AnnotationLimit) return formatLimit(error);
      throw error;
    }
    session.notify?.watch?.noteAnnotated(located?.mailbox.id ?? '', kept, specialUse);
    return ok('Setmetadata completed');
  },
});

/** Undefined for a use that there is not. */
function readSpecialUse(value: Buffer | null): string | null | undefined {
  if (value === null) return null;
  const written = value.toString('latin1').toUpperCase();
  return specialUses.find((use) => use.toUpperCase() === written);
}

function refuseChange(
  session: Session,
  { located }: Annotated,
  changes: readonly AnnotationChange[],
): Ending | null {
  const isSharedToo = changes.some(({ entry }) => !isPrivate(entry));
  if (located) {
    // §3.3 says who may at the least; what everybody reads needs the right to write.
    if (isSharedToo && !located.rights.includes('w')) throw refuseRight();
    return null;
  }
  if (changes.some(({ entry }) => entry === adminEntry)) {
    return no('This annotation cannot be changed', 'CANNOT');
  }
  if (isSharedToo && session.account.role !== 'admin') {
    return no('Only administrators change shared annotations of the server', 'NOPERM');
  }
  return null;
}

function formatLimit(limit: AnnotationLimit): Ending {
  const code = limit.kind === 'size' ? `METADATA MAXSIZE ${valueLimitBytes}` : 'METADATA TOOMANY';
  return no(limit.message, code);
}

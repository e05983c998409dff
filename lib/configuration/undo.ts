// Taking a change back: what stood before it, where what stands now is still what the change has made. Done by the rooms' own
// functions, so it is refused where they refuse, and is a revision itself.
import { db, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { lostSecret, openFields, showFields } from '#lib/history/hidden.ts';
import { runFrom } from '#lib/history/origin.ts';
import { type Fields, isMasked, isSame, lockHistory, reviseOnce } from '#lib/history/revise.ts';
import { type Revision, requireRevision, requireStored } from '#lib/history/revision.ts';
import { writeJoined } from '#lib/joined.ts';
import { findSetting, settings } from '#lib/settings/index.ts';
import { requireListenable } from '#lib/settings/listenable.ts';
import { findKind } from './kinds.ts';
import type { Revertible } from './section.ts';
import { describeChange, describeFields, isNothing } from './words.ts';

/**
 * Takes a revision back. Gives what is to be said of it: where it went, what cannot be brought back; empty = nothing. Refusal 'not-found', 'conflict'
 * where it was changed again since, 'invalid' where it cannot be known again, 'forbidden' where that kind of change is not
 * taken back, and what the room refuses.
 */
export async function undoRevision(id: number, by: string): Promise<string> {
  return writeJoined(async () => {
    await write(lockHistory);
    const stored = await requireStored(id);
    const kind = requireWayBack(stored);
    const open = (fields: Fields | null) => openFields(kind.recorded.hidden, fields);
    const revision = { ...stored, before: open(stored.before), after: open(stored.after) };
    await requireUnchanged(kind, revision);
    return runFrom({ undoes: id }, () => restore(kind, revision, by));
  });
}

/**
 * Before a transaction that takes these back: refuses where the daemon could not listen any more as it did before. Refusal
 * 'invalid', 'not-found'.
 */
export async function prepareUndo(ids: number[]): Promise<void> {
  const revisions = await Promise.all(ids.map(requireRevision));
  const places = revisions
    .filter(({ kind, key }) => kind === 'setting' && settings.some((one) => one.key === key))
    .toSorted((one, other) => other.id - one.id)
    .map(({ key, before }) => [key, before ? before.value : findSetting(key).default]);
  await requireListenable(Object.fromEntries(places));
}

/** Why a change is not taken back; null = it is, where nothing came between. */
export function refuseUndo(revision: Revision): string | null {
  const kind = findKind(revision.kind);
  const why = kind?.refuses?.[describeChange(revision).what];
  return why ?? (kind ? null : `A change of ${revision.subject} is not taken back.`);
}

function requireWayBack(revision: Revision): Revertible {
  const why = refuseUndo(revision);
  const kind = findKind(revision.kind);
  if (why || !kind || !('change' in kind)) throw new Refusal('forbidden', why ?? '');
  return kind;
}

async function requireUnchanged({ recorded }: Revertible, revision: Revision): Promise<void> {
  const { key, before, after, subject } = revision;
  const stands = await recorded.read(db, key);
  // Others in a list move it without changing it.
  const hasMoved = before && after && before.position !== after.position;
  const isCompared = (name: string) =>
    after?.[name] !== lostSecret && (hasMoved || name !== 'position');
  const compare = (fields: Fields | null) =>
    fields && Object.fromEntries(Object.entries(fields).filter(([name]) => isCompared(name)));
  if (isSame(compare(stands), compare(after))) return;
  const shown = stands && describeFields(showFields(recorded.hidden, stands));
  const now = shown === null ? 'it is not here any more' : `it is now: ${shown}`;
  throw new Refusal('conflict', `${capitalize(subject)} was changed since; ${now}.`);
}

async function restore(kind: Revertible, revision: Revision, by: string): Promise<string> {
  const { key, before, after, subject } = revision;
  if (!before) {
    await kind.remove(key, by);
    return kind.notes?.added ?? '';
  }
  if (!after && kind.restore) {
    await kind.restore(key, by);
    return kind.notes?.removed ?? '';
  }
  if (!after) return bringBack(kind, revision, before, by);
  const changed = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name]),
  );
  const known = changed.filter(([name, value]) => !isSecret(kind, name, value, after[name]));
  const { position, ...fields } = Object.fromEntries(known) as Fields;
  if (known.length === 0) {
    throw new Refusal('invalid', `The secret of ${subject} is not known any more: set it again.`);
  }
  await reviseOnce(by, kind.recorded, key, async () => {
    if (Object.keys(fields).length > 0) await kind.change(key, fields, by);
    if (typeof position === 'number') await kind.move?.(key, position, by);
    return key;
  });
  return known.length < changed.length ? 'The secret that stood there is not known any more.' : '';
}

/** What was removed comes back; what went with it (keys, charges, passwords) does not. */
async function bringBack(
  { recorded, secrets = [], later = [], notes, ...way }: Revertible,
  { subject, kind, key }: Revision,
  before: Fields,
  by: string,
): Promise<string> {
  const hidden = secrets.filter((name) => isMasked(before[name]));
  if (kind === 'setting' && hidden.length > 0) {
    throw new Refusal('invalid', `The secret of ${subject} is not known any more: set it again.`);
  }
  const { position, ...all } = before;
  const fields = Object.entries(kind === 'setting' ? { key, ...all } : all).filter(
    ([name]) => !hidden.includes(name),
  );
  const first = fields.filter(([name]) => !later.includes(name));
  const rest = fields.filter(([name, value]) => later.includes(name) && !isNothing(value));
  await reviseOnce(by, recorded, null, async () => {
    const added = await way.add(Object.fromEntries(first), by);
    if (rest.length > 0) await way.change(added, Object.fromEntries(rest), by);
    if (typeof position === 'number') await way.move?.(added, position, by);
    return added;
  });
  if (hidden.length > 0) return 'Its secret is not known any more: set it again.';
  return notes?.removed ?? '';
}

function isSecret(kind: Revertible, name: string, before: unknown, after: unknown): boolean {
  return (kind.secrets?.includes(name) ?? false) && (isMasked(before) || isMasked(after));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

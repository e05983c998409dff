// Messages on their way from a source into a mailbox, some hundred at a time: read and staged side by side,
// then stored by one step with their marks, so that whatever kills the import, a message and its mark are both
// there or neither.
import { createHash } from 'node:crypto';
import { isUniqueViolation, type Tx, write } from '#lib/db.ts';
import { isRefusal, type Refusal } from '#lib/errors.ts';
import { appendAllIn, type NewCopy, type Stored } from '#server/store/append.ts';
import { createStage, type Stage, type StagedBody } from '#server/store/bodies/blobs.ts';
import { appendForeign, type ForeignUids } from '#server/store/foreign-uids.ts';
import { insertImported, selectImported } from '#server/store/imported.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { defaultPopUid, insertPopUids, isPopUid, type PopUid } from '#server/store/pop-uid.ts';
import { cleanKeywords } from './keyword-words.ts';
import { guardSource, type Reading, type SourceMessage, toSourceError } from './source.ts';

const noPrefix = Buffer.alloc(0);
const maxTries = 3;

/** Where a folder's messages go. */
export type BatchTarget = {
  accountId: string;
  mailboxId: string;
  isInbox: boolean;
  isAgain: boolean;
  /** Of the source. */
  uidValidity: number | null;
};

/** A message that is read and hashed; not yet staged to the end. */
export type Loaded = Omit<Reading, 'chunks' | 'close'> & {
  message: SourceMessage;
  hash: string;
  sizeBytes: number;
  stage: Stage;
};

/** A message ready to be stored. */
export type Ready = Omit<Loaded, 'stage' | 'hash'> & { mark: string; body: StagedBody };

/** The mark of a message: who looks at the same source again comes to the same one. */
export function makeMark(folderId: string, key: string): string {
  return createHash('sha256').update(`${folderId}\u0000${key}`).digest('hex').slice(0, 32);
}

/** Reads a message into a stage. Null for what is none. Refusal 'too-big'; SourceError. */
export async function loadMessage(
  message: SourceMessage,
  limitBytes: number,
): Promise<Loaded | null> {
  const reading = await message.open().catch((error) => {
    throw toSourceError(error);
  });
  if (!reading) return null;
  const stage = createStage(limitBytes);
  const hashing = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of guardSource(reading.chunks)) {
      hashing.update(chunk);
      sizeBytes += chunk.length;
      await stage.write(chunk);
    }
  } catch (error) {
    await stage.abort();
    throw error;
  } finally {
    await reading.close();
  }
  const { flags, keywords, internalDate, uid, popUid } = reading;
  const facts = { flags, keywords: cleanKeywords(keywords), internalDate, uid, popUid };
  return { ...facts, message, hash: hashing.digest('hex'), sizeBytes, stage };
}

/** Which message of a step was refused; the step is undone. */
class Halt extends Error {
  readonly ready: Ready;
  readonly refusal: Refusal;

  constructor(ready: Ready, refusal: Refusal) {
    super(refusal.message);
    this.ready = ready;
    this.refusal = refusal;
  }
}

export type Committed = {
  stored: Ready[];
  foreign: ForeignUids | null;
  /** The message that was refused, and why; those behind it were not tried. */
  refused: { ready: Ready; refusal: Refusal } | null;
};

/**
 * Stores messages in their order, up to the first that is refused; those that another run has brought meanwhile
 * are left out. `foreign` and `sourceNext` as for `appendForeign`. Refusal 'not-found'.
 */
export async function commitBatch(
  target: BatchTarget,
  batch: Ready[],
  foreign: ForeignUids | null,
  sourceNext: number,
): Promise<Committed> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { stored, foreign: after } = await write((tx) =>
        storeIn(tx, target, batch, foreign, sourceNext),
      );
      if (stored.length > 0) pokeMailbox(target.accountId, target.mailboxId);
      return { stored, foreign: after, refused: null };
    } catch (error) {
      if (error instanceof Halt) {
        const { ready, refusal } = error;
        const before = batch.slice(0, batch.indexOf(ready));
        const committed = await commitBatch(target, before, foreign, sourceNext);
        return { ...committed, refused: committed.refused ?? { ready, refusal } };
      }
      // Another import of the same source.
      if (!isUniqueViolation(error) || attempt === maxTries) throw error;
    }
  }
}

async function storeIn(
  tx: Tx,
  target: BatchTarget,
  batch: Ready[],
  foreign: ForeignUids | null,
  sourceNext: number,
): Promise<{ stored: Ready[]; foreign: ForeignUids | null }> {
  const { accountId, mailboxId, isAgain } = target;
  const marks = batch.map(({ mark }) => mark);
  const known = isAgain ? new Set<string>() : await selectImported(marks, accountId, tx);
  const fresh = batch.filter(({ mark }) => {
    const isKnown = known.has(mark);
    if (!isAgain) known.add(mark);
    return !isKnown;
  });
  if (fresh.length === 0) return { stored: [], foreign };
  const append = async (isForeign: boolean) => {
    const copies = fresh.map((ready): [NewCopy] => [toCopy(target, ready, isForeign)]);
    const places: Stored[] = [];
    for (const [index, outcome] of (await appendAllIn(tx, copies)).entries()) {
      if (isRefusal(outcome)) throw new Halt(fresh[index]!, outcome);
      places.push((outcome as Stored[])[0]!);
    }
    await insertImported(tx, accountId, [...new Set(fresh.map(({ mark }) => mark))], isAgain);
    if (target.isInbox)
      await insertPopUids(tx, accountId, mailboxId, findPopUids(target, fresh, places));
  };
  if (foreign)
    return { stored: fresh, foreign: await appendForeign(tx, foreign, sourceNext, append) };
  await append(false);
  return { stored: fresh, foreign: null };
}

function toCopy(target: BatchTarget, ready: Ready, isForeign: boolean): NewCopy {
  const { body, flags, keywords, internalDate, uid } = ready;
  const { accountId, mailboxId } = target;
  const own = { accountId, mailboxId, body, prefix: noPrefix, flags, keywords, internalDate };
  return isForeign && uid !== null ? { ...own, uid } : own;
}

/** UIDLs that the messages had, where they differ from what POP3 would answer by itself. */
function findPopUids(target: BatchTarget, batch: Ready[], places: Stored[]): PopUid[] {
  return batch.flatMap(({ uid, popUid }, index) => {
    const place = places[index]!;
    const usual =
      uid === null || target.uidValidity === null ? null : defaultPopUid(uid, target.uidValidity);
    const text = popUid ?? usual;
    if (text === null || !isPopUid(text)) return [];
    // What ends with our UIDVALIDITY is what some message answers by itself, now or later.
    const isOfOurs =
      text.length === 16 && text.endsWith(defaultPopUid(0, place.uidValidity).slice(8));
    return isOfOurs ? [] : [{ uid: place.uid, text }];
  });
}

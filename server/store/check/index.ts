// `checkStore` proves what docs/store.md promises, while the server runs; `repairStore` mends what can be mended
// without losing mail. The looks are a list in the order they run: bodies first, since a message that has
// lost its body leaves, counters of mailboxes after the messages, those of accounts after the mailboxes.
import { removeLogs } from '../change-log.ts';
import { removeSavedRolls } from '../saved-roll.ts';
import { lookAtAccounts } from './accounts.ts';
import { lookAtBodies } from './bodies.ts';
import { lookAtDatabase } from './database.ts';
import { lookAtFiles } from './files.ts';
import { type CheckOptions, type Finding, type Found, type Look, toFinding } from './finding.ts';
import { lookAtLeftovers } from './leftovers.ts';
import { lookAtMailboxes } from './mailboxes.ts';
import { lookAtMessages } from './messages.ts';
import { lookAtQueue } from './queue.ts';
import { lookAtSearchIndex } from './search-index.ts';
import { lookAtSharing } from './sharing.ts';
import { lookAtTombstones } from './tombstones.ts';

export type { Finding } from './finding.ts';

const looks: { name: string; look: Look }[] = [
  { name: 'database', look: lookAtDatabase },
  { name: 'leftovers', look: lookAtLeftovers },
  { name: 'bodies', look: lookAtBodies },
  { name: 'messages', look: lookAtMessages },
  { name: 'tombstones', look: lookAtTombstones },
  { name: 'mailboxes', look: lookAtMailboxes },
  { name: 'accounts', look: lookAtAccounts },
  { name: 'sharing', look: lookAtSharing },
  { name: 'queue', look: lookAtQueue },
  { name: 'files', look: lookAtFiles },
  { name: 'search index', look: lookAtSearchIndex },
];

/** The clean-up runs every hour and leaves what is younger than one. */
const defaultGraceMs = 3 * 3_600_000;

export type CheckRequest = Partial<CheckOptions> & {
  /** Told when a look begins. */
  onLook?: (name: string) => void;
};

async function* findAll(request: CheckRequest): AsyncGenerator<Found> {
  const { isQuick = false, graceMs = defaultGraceMs, onLook } = request;
  for (const { name, look } of looks) {
    onLook?.(name);
    yield* look({ isQuick, graceMs });
  }
}

/** Everything that is not as it must be. Holds a page of rows and one body at most; changes nothing. */
export async function* checkStore(request: CheckRequest = {}): AsyncGenerator<Finding> {
  for await (const found of findAll(request)) yield toFinding(found);
}

export type Repaired = Finding & {
  /** What was done, in one sentence; null where nothing could be done or nothing had to be done any more. */
  done: string | null;
};

/** The same, each mended where that is possible before the next is looked for. */
export async function* repairStore(request: CheckRequest = {}): AsyncGenerator<Repaired> {
  // What is mended without the journal must not be undone by what was before.
  await removeSavedRolls(null);
  for await (const found of findAll(request)) {
    const done = found.mend ? await found.mend() : null;
    yield { ...toFinding(found), done };
  }
  await removeSavedRolls(null);
  await removeLogs(null);
}

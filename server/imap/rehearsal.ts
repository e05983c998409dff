// Before the first client comes: what was in memory when the server stopped comes back (rolls of large mailboxes), and the
// way from a command to its answer is walked some times, without a client. Otherwise a first SELECT is mostly V8 that
// compiles and SQLite that prepares, and every mailbox is read while somebody waits.
//
// Invariant: it only reads; nobody is told, logged or counted.
import { readAccount } from '#lib/accounts/account.ts';
import { db } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { readView } from '#server/store/journal.ts';
import { findFirstAccount, type Mailbox } from '#server/store/mailbox-row.ts';
import { listSavedRolls } from '#server/store/saved-roll.ts';
import { nextTurn } from '#server/store/turn.ts';
import { readCommand } from './commands/index.ts';
import { Roster } from './roster.ts';
import { Session } from './session.ts';
import { formatName } from './wire/encode.ts';
import { FrameReader } from './wire/frame.ts';

const log = logOf('imap');

/** Times that all is played: after some dozens V8 has compiled what it first only interprets. */
const rounds = 50;

/** What clients begin with, and changes nothing. */
function listCommands(mailbox: string): string[] {
  return [
    `EXAMINE ${formatName(mailbox, false)}`,
    'NOOP',
    'FETCH * (UID FLAGS ENVELOPE INTERNALDATE RFC822.SIZE BODYSTRUCTURE)',
    'UNSELECT',
  ];
}

/** Begins; the result ends it, and resolves when it has ended. */
export function startRehearsal(): () => Promise<void> {
  const over = new AbortController();
  const ended = rehearse(over.signal).catch((error) => {
    // The first client does it then.
    if (!over.signal.aborted) log.warn({ err: error }, 'the rehearsal failed');
  });
  return () => {
    over.abort();
    return ended;
  };
}

async function rehearse(signal: AbortSignal): Promise<void> {
  let largest: Mailbox | null = null;
  for (const { accountId, mailboxId } of await listSavedRolls()) {
    if (signal.aborted) return;
    const { mailbox } = await readView(accountId, mailboxId);
    largest ??= mailbox;
    await nextTurn();
  }
  const accountId = largest?.accountId ?? (await findFirstAccount(db));
  const account = accountId && (await readAccount(accountId));
  if (!account || signal.aborted) return;
  const session = new Session({ remote: '', isSecure: true }, new Roster(), signal);
  try {
    await session.enter(account);
    const names = ['INBOX', largest?.name ?? 'INBOX'];
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      for (const command of names.flatMap(listCommands)) await play(session, command);
      await nextTurn();
    }
  } finally {
    session.end();
  }
}

async function play(session: Session, text: string): Promise<void> {
  const reader = new FrameReader();
  reader.push(Buffer.from(`r ${text}\r\n`));
  const event = reader.next();
  if (event.kind !== 'command') return;
  const parsed = readCommand(event.segments, () => true);
  if (!('command' in parsed)) return;
  const { command, tag, isUid, args } = parsed;
  const context = {
    tag,
    isUid,
    readLine: async () => null,
    uploads: [],
    progress: { done: 0, goal: 0 },
  };
  for await (const _output of command.run(session, args, context));
}

// `drey backup …`, `drey restore …`: docs/backup.md says how they are meant.
import { Refusal } from '#lib/errors.ts';
import {
  describePruned,
  describeRestored,
  describeTaken,
  describeVerified,
  formatSkipped,
  storedBytes,
} from '../backup/describe.ts';
import { findInBackup } from '../backup/find-messages.ts';
import { listBackup } from '../backup/list-backup.ts';
import { type Progress, showProgress } from '../backup/progress.ts';
import { pruneBackup } from '../backup/prune-backup.ts';
import { restoreMessages } from '../backup/restore-messages.ts';
import { restoreServer } from '../backup/restore-server.ts';
import { restoreUser } from '../backup/restore-user.ts';
import type { KeepPolicy } from '../backup/retention.ts';
import { takeBackup } from '../backup/take-backup.ts';
import { verifyBackup } from '../backup/verify-backup.ts';
import {
  by,
  type CommandDefinition,
  type Input,
  optionText,
  type Result,
  textAt,
} from './command.ts';

const snapshotOption = {
  flags: '--snapshot <time>',
  help: 'a snapshot by the beginning of its name ("drey backup list"); the newest without it',
};

/** Runs `step` with a line of progress on a terminal. */
async function watch<T>(step: (progress: Progress) => Promise<T>): Promise<T> {
  const { progress, end } = showProgress();
  try {
    return await step(progress);
  } finally {
    end();
  }
}

async function runBackup(input: Input): Promise<Result> {
  const report = await watch((progress) => takeBackup(textAt(input, 0), progress));
  const { name, totals, bodies } = report;
  const newBytes = storedBytes(report);
  return {
    text: describeTaken(report),
    row: { name, ...totals, newBodies: bodies.objects, newBytes },
  };
}

async function runVerify(input: Input): Promise<Result> {
  const verified = await watch((progress) =>
    verifyBackup(textAt(input, 0), optionText(input, 'snapshot'), progress),
  );
  const { faults, faultCount } = verified;
  const isWhole = faultCount === 0;
  const text = [...faults, describeVerified(verified)].join('\n');
  if (isWhole) return { text, row: { ok: true, ...verified } };
  const isJson = input.options.json === true;
  process.stdout.write(`${isJson ? JSON.stringify({ ok: false, ...verified }) : text}\n`);
  return { code: 1 };
}

async function runPrune(input: Input): Promise<Result> {
  const pruned = await pruneBackup(textAt(input, 0), readKeep(input));
  return { text: describePruned(pruned), row: pruned };
}

/** --keep, or days, weeks and months. Refusal 'invalid' (in pruneBackup) where neither is said. */
function readKeep(input: Input): number | KeepPolicy {
  const numberOf = (name: string) => Number(optionText(input, name) ?? Number.NaN);
  const [daily, weekly, monthly] = [numberOf('daily'), numberOf('weekly'), numberOf('monthly')];
  if ([daily, weekly, monthly].every(Number.isNaN)) return numberOf('keep');
  if (optionText(input, 'keep')) throw new Refusal('invalid', 'Either --keep or a policy.');
  const policy = { daily: daily || 0, weekly: weekly || 0, monthly: monthly || 0 };
  if (Object.values(policy).some((count) => !Number.isSafeInteger(count) || count < 0)) {
    throw new Refusal('invalid', 'Say whole numbers of days, weeks and months.');
  }
  return policy;
}

const foundColumns = ['emailId', 'mailbox', 'internalDate', 'from', 'subject'];

async function runFind(input: Input): Promise<Result> {
  const user = optionText(input, 'user');
  if (!user) throw new Refusal('invalid', 'Say whose mail: --user <address>.');
  const text = textAt(input, 1);
  const found = await findInBackup(textAt(input, 0), user, text, optionText(input, 'snapshot'));
  return { rows: found.map(({ row: _hidden, ...message }) => message), columns: foundColumns };
}

function runRestore(input: Input): Promise<Result> {
  const user = optionText(input, 'user');
  const emailId = optionText(input, 'message');
  const text = optionText(input, 'find');
  if (!user) {
    if (emailId || text || optionText(input, 'to')) {
      throw new Refusal('invalid', 'Say whose mail: --user <address>.');
    }
    return restoreAll(input);
  }
  if (emailId && text) throw new Refusal('invalid', 'Either --message or --find.');
  if (emailId) return restoreSome(input, user, { emailId });
  if (text) return restoreSome(input, user, { text });
  if (optionText(input, 'to')) throw new Refusal('invalid', '--to goes with --message or --find.');
  return restoreOne(input, user);
}

function readOptions(input: Input, progress: Progress) {
  const snapshot = optionText(input, 'snapshot');
  return { snapshot, isDamageSkipped: input.options.skipDamaged === true, by, progress };
}

async function restoreAll(input: Input): Promise<Result> {
  const restored = await watch((progress) =>
    restoreServer(textAt(input, 0), readOptions(input, progress)),
  );
  const { name, accounts, messages, held, skipped } = restored;
  const queue =
    held > 0
      ? ` ${held} recipients of waiting mail are held, since they may have been sent after the backup: "drey queue list", then release or rm.`
      : '';
  return {
    text: `Restored ${name}: ${accounts} users, ${messages} messages.${queue}${formatSkipped(skipped)}`,
    row: restored,
  };
}

async function restoreOne(input: Input, user: string): Promise<Result> {
  const restored = await watch((progress) =>
    restoreUser(textAt(input, 0), user, readOptions(input, progress)),
  );
  return { text: describeRestored(user, restored), row: restored };
}

async function restoreSome(
  input: Input,
  user: string,
  wanted: { emailId: string } | { text: string },
): Promise<Result> {
  const { restored, present } = await watch((progress) =>
    restoreMessages(textAt(input, 0), user, wanted, {
      ...readOptions(input, progress),
      to: optionText(input, 'to'),
    }),
  );
  if (restored.length === 0) {
    throw new Refusal(
      'exists',
      `${user} has ${present === 1 ? 'this message' : `these ${present} messages`} still. With --to <folder> another copy comes back.`,
    );
  }
  return { rows: restored, columns: ['emailId', 'restoredTo', 'uid', 'from', 'subject'] };
}

export const backupCommands: CommandDefinition[] = [
  {
    name: 'backup',
    arguments: ['<folder>'],
    options: [],
    help: 'add a snapshot of everything to a backup folder; only what is new is written',
    stopped:
      'Stopped: there is no new snapshot, and those that are there are whole. Run the backup again.',
    run: runBackup,
  },
  {
    name: 'backup list',
    arguments: ['<folder>'],
    options: [],
    help: 'list the snapshots',
    run: async (input) => ({
      rows: await listBackup(textAt(input, 0)),
      columns: ['name', 'accounts', 'mailboxes', 'messages', 'messageBytes', 'note'],
    }),
  },
  {
    name: 'backup verify',
    arguments: ['<folder>'],
    options: [snapshotOption],
    help: 'read everything and compare it with its checksums (all snapshots, or one)',
    run: runVerify,
  },
  {
    name: 'backup prune',
    arguments: ['<folder>'],
    options: [
      { flags: '--keep <number>', help: 'how many of the newest snapshots stay' },
      { flags: '--daily <number>', help: 'or: the newest of each of so many days,' },
      { flags: '--weekly <number>', help: 'weeks' },
      { flags: '--monthly <number>', help: 'and months' },
    ],
    help: 'remove older snapshots and what only they needed',
    stopped: 'Stopped: what is listed is whole. Run it again to make the rest free.',
    run: runPrune,
  },
  {
    name: 'backup find',
    arguments: ['<folder>', '<text...>'],
    options: [{ flags: '--user <address>', help: 'whose mail' }, snapshotOption],
    help: 'find messages in a snapshot by words of their sender, recipients, subject or date',
    run: runFind,
  },
  {
    name: 'restore',
    arguments: ['<folder>'],
    options: [
      { flags: '--user <address>', help: 'only what this user has lost; the server may run' },
      { flags: '--message <id>', help: 'only the message with this EMAILID ("drey backup find")' },
      { flags: '--find <text>', help: 'only messages with these words in their headers' },
      { flags: '--to <folder>', help: 'the folder for --message and --find; else where it was' },
      snapshotOption,
      { flags: '--skip-damaged', help: 'leave out what is damaged in the backup' },
    ],
    help: 'restore everything into an empty data folder, or the mail of one user',
    stopped: 'Stopped: the restore is not complete. Run it again.',
    run: runRestore,
  },
];

// `drey config …`, `drey plan`, `drey apply`: the history of the configuration, and the configuration as a file.
import { readFileSync, writeFileSync } from 'node:fs';
import { exportConfiguration } from '#lib/configuration/export.ts';
import { keepChanges } from '#lib/configuration/pending.ts';
import {
  applyConfiguration,
  applyInParts,
  describeProblem,
  type PlannedChange,
  planConfiguration,
} from '#lib/configuration/plan.ts';
import { readTriedFile } from '#lib/configuration/tried-file.ts';
import { prepareUndo, undoRevision } from '#lib/configuration/undo.ts';
import {
  type GroupPart,
  listPossible,
  prepareGroup,
  previewGroup,
  undoGroup,
} from '#lib/configuration/undo-group.ts';
import { listWarnings } from '#lib/configuration/warnings.ts';
import { describeChange } from '#lib/configuration/words.ts';
import { Refusal } from '#lib/errors.ts';
import { listNodes } from '#lib/history/node.ts';
import { listRevisions, type Revision, readRevisionNumber } from '#lib/history/revision.ts';
import {
  by,
  type CommandDefinition,
  type Input,
  optionText,
  type Result,
  textAt,
} from './command.ts';
import { keepOption, runWatched, sayPending } from './keep.ts';

const reasonOption = { flags: '--reason <text>', help: 'why, for the history' };

/** Refusal 'invalid' where there is no such variable or file. */
function readSecret(reference: { env: string } | { file: string }): string {
  if ('env' in reference) {
    const value = process.env[reference.env];
    if (!value) throw new Refusal('invalid', `The variable ${reference.env} is not set.`);
    return value;
  }
  return readText(reference.file).replace(/\r?\n$/, '');
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Refusal('invalid', `${path} cannot be read: ${(error as Error).message}`);
  }
}

const signs = { add: '+', change: '~', remove: '-', order: '↕' };

/** "~ setting web.title" and what changes of it, a line each. */
function describePlanned({ action, subject, differences }: PlannedChange): string {
  const lines = differences.map(({ field, before, after }) => {
    if (action === 'add') return `    ${field}: ${after}`;
    return action === 'remove' ? `    ${field}: ${before}` : `    ${field}: ${before} → ${after}`;
  });
  return [`${signs[action]} ${subject}`, ...lines].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function sayWarnings(warnings: string[]): void {
  for (const text of warnings) process.stderr.write(`Look at it: ${text}\n`);
}

/** Exit code 0: nothing would change; 1: the file is wrong; 3: it would change something. */
async function plan(input: Input): Promise<Result> {
  const file = await readTriedFile(readText(textAt(input, 0)), readSecret);
  const plan = await planConfiguration(file);
  const { changes, problems, warnings, isTried } = plan;
  if (input.options.json) print(JSON.stringify(plan));
  else {
    for (const change of changes) print(describePlanned(change));
    for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`);
    sayWarnings(warnings);
    if (changes.length + problems.length === 0) print('Nothing would change.');
    if (!isTried) process.stderr.write('So many were compared, but not tried: apply --in-parts.\n');
  }
  if (problems.length > 0) return { code: 1 };
  return { code: changes.length > 0 ? 3 : 0 };
}

async function apply(input: Input): Promise<Result> {
  const file = await readTriedFile(readText(textAt(input, 0)), readSecret);
  const run = input.options.inParts ? applyInParts : applyConfiguration;
  const changes = await runWatched(input, () => run(file, by));
  const warnings = await listWarnings(changes);
  if (input.options.json) print(JSON.stringify({ changes, warnings }));
  else {
    for (const change of changes) print(describePlanned(change));
    sayWarnings(warnings);
    print(changes.length === 0 ? 'Nothing to change.' : `Done${await sayPending()}`);
  }
  return { code: 0 };
}

/** "added: comment office", "value: default → Post" */
function sayDifferences(revision: Revision): string {
  const { what, differences } = describeChange(revision);
  const parts = differences.map(({ field, before, after }) =>
    what === 'changed' ? `${field}: ${before} → ${after}` : `${field}: ${before || after}`,
  );
  return [...(what === 'changed' ? [] : [what]), ...parts].join('; ');
}

async function listHistory(input: Input): Promise<Result> {
  const rows = await listRevisions({
    search: textAt(input, 0),
    by: optionText(input, 'by'),
    pageSize: Number(optionText(input, 'limit') ?? 50) || 50,
  });
  return {
    rows: rows.map((revision) => ({
      ...revision,
      number: revision.id,
      what: sayDifferences(revision),
    })),
    columns: ['number', 'at', 'by', 'place', 'subject', 'what', 'reason'],
  };
}

async function undoOne(input: Input): Promise<Result> {
  const id = Number(textAt(input, 0));
  await prepareUndo([id]);
  const note = await runWatched(input, () => undoRevision(id, by));
  const number = await readRevisionNumber();
  const text = `Taken back, as revision ${number}${await sayPending()}`;
  return { text: [text, note].filter(Boolean).join('\n'), row: { number, note } };
}

async function undoTogether(input: Input): Promise<Result> {
  const id = Number(textAt(input, 0));
  const { partly, dryRun } = input.options;
  const previewed = partly || dryRun ? await previewGroup(id, by) : [];
  if (dryRun) return sayParts(previewed);
  const ids = partly ? listPossible(previewed) : undefined;
  if (ids?.length === 0) throw new Refusal('conflict', 'Nothing of it can be taken back.');
  await prepareGroup(id, ids);
  const parts = await runWatched(input, () => undoGroup(id, by, ids));
  const pending = await sayPending();
  if (pending) process.stderr.write(`${pending.slice(2)}\n`);
  return sayParts(parts);
}

/** A line each: taken back, perhaps without something, or why it stays. */
function sayParts(parts: GroupPart[]): Result {
  const rows = parts.map(({ id, subject, refusal, note }) => ({
    ...{ number: id, subject, isTakenBack: refusal === null },
    what: refusal ?? (note ? `taken back: ${note}` : 'taken back'),
  }));
  return { rows, columns: ['number', 'subject', 'what'] };
}

export const configurationCommands: CommandDefinition[] = [
  {
    name: 'config history',
    arguments: ['[search]'],
    options: [
      { flags: '--by <who>', help: 'of one administrator or place' },
      { flags: '--limit <count>', help: 'so many, newest first' },
    ],
    help: 'list changes of the configuration',
    run: listHistory,
  },
  {
    name: 'config undo',
    arguments: ['<number>'],
    options: [
      reasonOption,
      keepOption,
      { flags: '--group', help: 'with all that was changed together with it, or nothing' },
      { flags: '--partly', help: 'of a group what can be taken back' },
      { flags: '--dry-run', help: 'of a group: only say what would become of each change' },
    ],
    help: 'take a change back, where it was not changed again since',
    run: (input) => (input.options.group === true ? undoTogether(input) : undoOne(input)),
  },
  {
    name: 'config keep',
    arguments: [],
    options: [],
    help: 'confirm risky changes, which else go back by themselves',
    run: async () => {
      const count = await keepChanges(by, () => true);
      return { text: count === 1 ? 'Kept.' : `Kept: ${count} changes.`, row: { count } };
    },
  },
  {
    name: 'config nodes',
    arguments: [],
    options: [],
    help: 'list the daemons that run and the revision each has read',
    run: async () => ({
      rows: (await listNodes()).map(({ id: _id, ...node }) => node),
      columns: ['host', 'pid', 'version', 'revision', 'startedAt', 'seenAt'],
    }),
  },
  {
    name: 'config export',
    arguments: ['[file]'],
    options: [{ flags: '--with-hashes', help: 'with what passwords of users are compared with' }],
    help: 'write the whole configuration as YAML',
    run: async (input) => {
      const text = await exportConfiguration({ withHashes: input.options.withHashes === true });
      const path = textAt(input, 0);
      if (path === '' || path === '-') {
        process.stdout.write(text);
        return { code: 0 };
      }
      writeFileSync(path, text, { mode: 0o600 });
      return { text: `Written to ${path}`, row: { path } };
    },
  },
  {
    name: 'plan',
    arguments: ['<file>'],
    options: [],
    help: 'show what a file would change: exit code 0 nothing, 3 something, 1 the file is wrong',
    run: plan,
  },
  {
    name: 'apply',
    arguments: ['<file>'],
    options: [
      reasonOption,
      keepOption,
      {
        flags: '--in-parts',
        help: 'many changes, one part after the other: mail goes on meanwhile',
      },
    ],
    help: 'make the server what a file says, whole or not at all',
    run: apply,
  },
];

// `drey check`: proves that the store is whole, and mends it where asked. Runs beside the server. Findings are
// printed as they come, so that memory stays bounded however many there are; with --json one object a line,
// and the last one says how it ended.
import { checkStore, type Finding, type Repaired, repairStore } from '../store/check/index.ts';
import type { CommandDefinition, Input, Result } from './command.ts';

type Told = Finding & { done?: string | null };

/** One line a finding: what, where, and what was done. */
function describe(told: Told): string {
  const { kind, accountId, mailbox, text, done, isNote } = told;
  const place = [accountId, mailbox === undefined ? undefined : JSON.stringify(mailbox)];
  const where = place.filter((part) => part !== undefined).join(' ');
  const line = `${isNote ? 'note  ' : 'wrong '} ${kind}  ${where === '' ? '' : `${where}  `}${text}`;
  // A terminal obeys control characters; names of mailboxes may hold them.
  return (done ? `${line}\n       → ${done}` : line).replace(/[^\P{C}\n]+/gu, ' ');
}

function findings(input: Input): AsyncGenerator<Told> {
  const request = {
    isQuick: input.options.quick === true,
    onLook: (name: string) => {
      if (process.stderr.isTTY) process.stderr.write(`… ${name}\n`);
    },
  };
  return input.options.repair === true ? repairStore(request) : checkStore(request);
}

async function run(input: Input): Promise<Result> {
  const isJson = input.options.json === true;
  const counts = { wrong: 0, notes: 0, repaired: 0 };
  for await (const told of findings(input)) {
    if (told.isNote) counts.notes++;
    else counts.wrong++;
    if ((told as Repaired).done && !told.isNote) counts.repaired++;
    process.stdout.write(`${isJson ? JSON.stringify(told) : describe(told)}\n`);
  }
  const left = counts.wrong - counts.repaired;
  const notes = counts.notes > 0 ? `, ${counts.notes} notes` : '';
  const summary =
    counts.wrong === 0
      ? `The store is whole${notes}.`
      : `${counts.wrong} things are wrong, ${counts.repaired} were mended, ${left} are left${notes}.`;
  const end = isJson ? JSON.stringify({ ok: left === 0, ...counts }) : summary;
  process.stdout.write(`${end}\n`);
  return { code: left === 0 ? 0 : 1 };
}

export const checkCommands: CommandDefinition[] = [
  {
    name: 'check',
    arguments: [],
    options: [
      { flags: '--quick', help: 'leave out what reads every body' },
      { flags: '--repair', help: 'mend what can be mended without losing mail' },
    ],
    help: 'verify that counters, UIDs, bodies, threads and files are what they must be',
    run,
  },
];

// `drey queue …`: waiting mail, one row a recipient (Postfix: mailq, postqueue, postsuper, postcat).
import { idsOf } from '#lib/accounts/staff.ts';
import { fromNow } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { type BulkAction, bulkActions, changeMatching, countMatching } from '#lib/queue/bulk.ts';
import type { HoldReason } from '#lib/queue/enqueue.ts';
import {
  bounceEntry,
  dropEntry,
  holdEntry,
  listQueue,
  readHeader,
  releaseEntry,
  retryEntry,
} from '#lib/queue/entries.ts';
import type { QueueFilter, QueueState } from '#lib/queue/filter.ts';
import { requireEntryOf, requireRetryable } from '#lib/queue/own-entry.ts';
import { addPause, listPauses, removePause } from '#lib/queue/pause.ts';
import { rerouteDomain } from '#lib/queue/reroute.ts';
import { listSuppressed, removeSuppressed } from '#lib/queue/suppression.ts';
import { readServiceClock } from '#lib/settings/service-zone.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const states: QueueState[] = ['queued', 'held', 'sending'];
const reasons: HoldReason[] = ['admin', 'rule', 'burst'];
const listed = 500;

const filterOptions = [
  { flags: '--state <state>', help: states.join(', ') },
  { flags: '--reason <why>', help: `held for that: ${reasons.join(', ')}` },
  { flags: '--domain <domain>', help: 'of the recipient' },
  { flags: '--sender <text>', help: 'part of the envelope sender; "<>" is the null sender' },
  { flags: '--older <hours>', help: 'in the queue for so long' },
  { flags: '--reply <text>', help: 'in what the other side said last: words, code or host' },
];

function readFilter(input: Input, search: string): QueueFilter {
  const state = optionText(input, 'state') as QueueState | undefined;
  const holdReason = optionText(input, 'reason') as HoldReason | undefined;
  const older = optionText(input, 'older');
  if (state && !states.includes(state)) {
    throw new Refusal('invalid', `A state is one of ${states.join(', ')}.`);
  }
  if (holdReason && !reasons.includes(holdReason)) {
    throw new Refusal('invalid', `A reason is one of ${reasons.join(', ')}.`);
  }
  if (older !== undefined && !(Number(older) > 0)) {
    throw new Refusal('invalid', 'Give --older as a number of hours.');
  }
  return {
    search,
    state,
    holdReason,
    domain: optionText(input, 'domain'),
    sender: optionText(input, 'sender'),
    minAgeHours: older ? Number(older) : undefined,
    reply: optionText(input, 'reply'),
  };
}

const one = {
  retry: { run: retryEntry, help: 'try a recipient again now', done: 'Will be tried now' },
  hold: { run: holdEntry, help: 'keep a recipient back', done: 'Held' },
  release: { run: releaseEntry, help: 'undo hold', done: 'Released' },
  bounce: { run: bounceEntry, help: 'give up and tell the sender', done: 'Goes back' },
  rm: { run: dropEntry, help: 'drop a recipient without telling the sender', done: 'Dropped' },
};

/** "90m", "2h", "1d" as milliseconds. */
function readDuration(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (!count) throw new Refusal('invalid', 'Give a time as 90m, 2h or 1d.');
  return Number(count) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'm' | 'h' | 'd'];
}

export const queueCommands: CommandDefinition[] = [
  {
    name: 'queue list',
    permission: 'queue',
    arguments: ['[search]'],
    options: filterOptions,
    help: `list waiting mail, one row a recipient, the newest ${listed}`,
    run: async (input) => ({
      rows: (
        await listQueue({
          ...readFilter(input, textAt(input, 0)),
          domainIds: idsOf(staffOf(input).scope),
          pageSize: listed,
        })
      ).rows,
      columns: 'id state holdReason sender recipient attempts nextAttemptAt lastText'.split(' '),
    }),
  },
  {
    name: 'queue show',
    permission: 'queue',
    arguments: ['<id>'],
    options: [],
    help: 'a recipient, and the header of its message',
    run: async (input) => {
      const id = textAt(input, 0);
      const entry = await requireEntryOf(staffOf(input), id);
      const header = await readHeader(id);
      const writeTime = await readServiceClock();
      const facts = Object.entries(entry).map(([key, value]) => {
        const text = value instanceof Date ? writeTime(value) : String(value ?? '');
        return `${key.padEnd(14)} ${plain(text)}`;
      });
      return { text: `${facts.join('\n')}\n\n${plain(header)}`, row: { ...entry, header } };
    },
  },
  ...Object.entries(one).map(
    ([verb, action]): CommandDefinition => ({
      name: `queue ${verb}`,
      permission: verb === 'retry' ? 'queue' : undefined,
      arguments: ['<id>'],
      options: [],
      help: action.help,
      run: async (input) => {
        const staff = staffOf(input);
        if (verb === 'retry') await requireRetryable(staff, textAt(input, 0));
        await action.run(textAt(input, 0), staff.address);
        return { text: `${action.done}: ${textAt(input, 0)}` };
      },
    }),
  ),
  {
    name: 'queue all',
    arguments: ['<action>', '[search]'],
    options: [...filterOptions, { flags: '--yes', help: 'do it; without, only count' }],
    help: `${bulkActions.join(', ')} for all that the filter finds, 10,000 at a time`,
    run: async (input) => {
      const action = textAt(input, 0) as BulkAction;
      if (!bulkActions.includes(action)) {
        throw new Refusal('invalid', `Say what to do: ${bulkActions.join(', ')}.`);
      }
      const filter = readFilter(input, textAt(input, 1));
      if (!input.options.yes) {
        const count = await countMatching(filter, action);
        return { text: `${count} recipients; with --yes it is done.`, row: { count, done: false } };
      }
      const count = await changeMatching(filter, action, by);
      return { text: `Done for ${count} recipients.`, row: { count, done: true } };
    },
  },
  {
    name: 'queue reroute',
    arguments: ['<domain>', '<host>'],
    options: [],
    help: 'send what waits for a domain to this host ("mx" = by its MX): a relay rule, and a retry',
    run: async (input) => {
      const host = textAt(input, 1);
      const count = await rerouteDomain(textAt(input, 0), host === 'mx' ? '' : host, by);
      return { text: `Rerouted ("drey route list"); recipients tried now: ${count}` };
    },
  },
  {
    name: 'queue pause',
    arguments: ['<destination>'],
    options: [
      { flags: '--for <time>', help: '90m, 2h, 1d; without, until somebody resumes' },
      { flags: '--reason <text>', help: 'for other administrators' },
    ],
    help: 'send nothing to a domain, or with "*" to nobody',
    run: async (input) => {
      const time = optionText(input, 'for');
      const until = time ? fromNow(readDuration(time)) : null;
      const destination = textAt(input, 0);
      await addPause({ destination, until, reason: optionText(input, 'reason') }, by);
      return { text: `Paused: ${destination}` };
    },
  },
  {
    name: 'queue resume',
    arguments: ['<destination>'],
    options: [],
    help: 'undo pause',
    run: async (input) => {
      await removePause(textAt(input, 0), by);
      return { text: `Resumed: ${textAt(input, 0)}` };
    },
  },
  {
    name: 'queue pauses',
    arguments: [],
    options: [],
    help: 'what is paused',
    run: async () => ({
      rows: await listPauses(),
      columns: ['destination', 'until', 'reason', 'by', 'createdAt'],
    }),
  },
  {
    name: 'queue suppressed',
    arguments: ['[search]'],
    options: [],
    help: 'addresses that other servers called unknown: mail of users to them comes back at once',
    run: async (input) => ({
      rows: (await listSuppressed({ search: textAt(input, 0), pageSize: listed })).rows,
      columns: ['address', 'expiresAt', 'failures', 'lastCode', 'lastText'],
    }),
  },
  {
    name: 'queue allow',
    arguments: ['<address>'],
    options: [],
    help: 'take an address off the list of suppressed ones',
    run: async (input) => {
      await removeSuppressed(textAt(input, 0), by);
      return { text: `Mail goes to ${textAt(input, 0)} again` };
    },
  },
];

/** Hostile text on a terminal. */
function plain(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '?');
}

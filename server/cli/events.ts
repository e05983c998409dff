// `drey events`: the trail for a terminal. "Where is my mail?"
import { namesOf } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { listEvents, type TrailEvent } from '#lib/trail/list.ts';
import { type CommandDefinition, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const most = 500;

/** ISO 8601, or an age such as "2h" or "3d". Refusal 'invalid'. */
function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const age = /^(\d{1,5})([mhd])$/.exec(text);
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }[age?.[2] ?? ''] ?? 0;
  const time = age ? new Date(Date.now() - Number(age[1]) * unitMs) : new Date(text);
  if (Number.isNaN(time.getTime())) {
    throw new Refusal('invalid', 'Give a time such as 2026-11-21T10:00, or an age such as 2h.');
  }
  return time;
}

function toRow({ at, kind, sender, recipient, remote, reason, text, ...rest }: TrailEvent) {
  return { at, kind, sender, recipient, remote, reason, text, ...rest };
}

export const eventCommands: CommandDefinition[] = [
  {
    name: 'events',
    permission: 'trail',
    arguments: ['[search]'],
    options: [
      { flags: '--kind <kind>', help: 'received, refused, delivered, queued, sent, deferred, …' },
      { flags: '--reason <reason>', help: 'named reason or code: relay-denied, 5.7.1' },
      { flags: '--trace <id>', help: 'one message from first to last ("queued as …")' },
      { flags: '--from <time>', help: 'not before: 2026-11-21T10:00, or 2h' },
      { flags: '--until <time>', help: 'before' },
    ],
    help: 'what happened: search by address, Message-ID, queue id, server or words',
    run: async (input) => {
      const traceId = optionText(input, 'trace');
      const events = await listEvents({
        search: textAt(input, 0),
        kind: optionText(input, 'kind'),
        reason: optionText(input, 'reason'),
        traceId,
        domains: namesOf(staffOf(input).scope),
        from: readTime(optionText(input, 'from')),
        until: readTime(optionText(input, 'until')),
        pageSize: traceId ? most : 50,
      });
      return {
        rows: (traceId ? events.toReversed() : events).map(toRow),
        columns: ['at', 'kind', 'sender', 'recipient', 'remote', 'reason', 'traceId', 'text'],
      };
    },
  },
];

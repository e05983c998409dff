// `drey listeners`: where the daemons listen, as they said last; `drey settings set listeners.…` changes it.
import type { ListenerState } from '#lib/listener-state.ts';
import { listFindings } from '#lib/trail/finding.ts';
import type { CommandDefinition } from './command.ts';

/** One line a socket, a fault, or a listener that is off. */
function toRows(machine: string, { name, from, sockets, failures }: ListenerState) {
  const row = { machine, listener: name, from };
  const open = sockets.map(({ address, since }) => ({ ...row, address, since, state: 'open' }));
  const failed = failures.map(({ address, since, text }) => ({
    ...{ ...row, address, since },
    state: text,
  }));
  const rows = [...open, ...failed];
  return rows.length > 0 ? rows : [{ ...row, address: '', since: '', state: 'off' }];
}

export const listenerCommands: CommandDefinition[] = [
  {
    name: 'listeners',
    arguments: [],
    options: [],
    help: 'show where the server listens, and what it cannot open; "settings set listeners.imap all:143" changes it',
    run: async () => {
      const findings = await listFindings('listeners ');
      const rows = findings.flatMap(({ id, detail }) => {
        const states = Array.isArray(detail) ? (detail as ListenerState[]) : [];
        return states.flatMap((state) => toRows(id.replace(/^listeners /, ''), state));
      });
      if (rows.length === 0) return { text: 'No daemon runs.' };
      return { rows, columns: ['machine', 'listener', 'address', 'from', 'since', 'state'] };
    },
  },
];

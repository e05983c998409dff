// `drey user filters …` and `drey user vacation …`: what a user has done to arriving mail, and switching it off, for when a
// stolen password left a rule behind or somebody forgot an answer.
import { requireAccount } from '#lib/accounts/account.ts';
import type { Action } from '#lib/filters/rule.ts';
import { listRules, switchOffRules } from '#lib/filters/rules.ts';
import { readVacation, switchOffVacation } from '#lib/filters/vacation.ts';
import { by, type CommandDefinition, textAt } from './command.ts';

export const filterCommands: CommandDefinition[] = [
  {
    name: 'user filters',
    arguments: ['<address>'],
    options: [{ flags: '--off', help: 'switch all rules off; the user may switch them on again' }],
    help: 'what the rules of a user do to arriving mail, forwards first of all',
    run: async (input) => {
      const { id } = await requireAccount(textAt(input, 0));
      if (input.options.off) {
        const count = await switchOffRules(id, by);
        return { text: `${count} rules switched off.`, row: { count } };
      }
      const rows = (await listRules(id)).map(({ name, conditions, actions, isDisabled }) => ({
        name,
        conditions: conditions.length,
        actions: actions.map(describe).join(', '),
        state: isDisabled ? 'off' : 'on',
      }));
      return { rows, columns: ['name', 'conditions', 'actions', 'state'] };
    },
  },
  {
    name: 'user vacation',
    arguments: ['<address>'],
    options: [{ flags: '--off', help: 'switch the answer off' }],
    help: 'whether a user is away and what is answered',
    run: async (input) => {
      const account = await requireAccount(textAt(input, 0));
      if (input.options.off) {
        const wasOn = await switchOffVacation(account.id, by);
        return { text: wasOn ? 'Switched off.' : 'It was off.', row: { wasOn } };
      }
      const { isOn, startsAt, endsAt, audience, intervalDays } = await readVacation(account.id);
      const row = { address: account.address, isOn, startsAt, endsAt, audience, intervalDays };
      return { rows: [row], columns: Object.keys(row) };
    },
  },
];

function describe(action: Action): string {
  if (action.do === 'forward') {
    return `forward to ${action.address}${action.isKept ? '' : ' only'}`;
  }
  return 'folder' in action ? `${action.do} to ${action.folder}` : action.do;
}

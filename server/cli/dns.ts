// `drey dns …`: the DNS records of a domain, as on the domain's page of the panel.
import { writeZone } from '#lib/accounts/domain-dns/wanted.ts';
import { requireDomainOf } from '#lib/accounts/staff.ts';
import { checkDomainNow } from '../control/domain-check.ts';
import { type CommandDefinition, type Input, textAt } from './command.ts';
import { staffOf } from './staff.ts';

/** What the DNS says of the domain of the first argument. Refusal 'not-found'. */
async function check(input: Input) {
  const domain = await requireDomainOf(staffOf(input), textAt(input, 0));
  return checkDomainNow(domain.name);
}

export const dnsCommands: CommandDefinition[] = [
  {
    name: 'dns check',
    permission: 'domains',
    arguments: ['<domain>'],
    options: [],
    help: 'compare the DNS with what it should say; exit code 1 where a needed record is not right',
    run: async (input) => {
      const records = await check(input);
      const rows = records.map(({ need, state, type, name, value, text, found }) => {
        return { need, state, type, name, wanted: value, found: found.join(' | '), text };
      });
      if (rows.some(({ need, state }) => need !== 'may' && state !== 'right')) process.exitCode = 1;
      return { rows, columns: ['state', 'need', 'type', 'name', 'wanted', 'text'] };
    },
  },
  {
    name: 'dns zone',
    permission: 'domains',
    arguments: ['<domain>'],
    options: [],
    help: 'print the records as a zone file has them, to be pasted',
    run: async (input) => {
      const records = await check(input);
      return { text: writeZone(records).trimEnd(), row: { records } };
    },
  },
];

// `drey dmarc …`, `drey tls-reports`: what other servers report of mail in our name, and of their connections to us.
import { Refusal } from '#lib/errors.ts';
import {
  type DmarcFilter,
  listDmarcDomains,
  listDmarcReports,
  listDmarcSources,
} from '#lib/reports/dmarc.ts';
import { listInboundTls } from '#lib/reports/tls.ts';
import { findReverseNames } from '../dns/reverse-names.ts';
import { type CommandDefinition, type Input, optionText, textAt } from './command.ts';

const daysOption = { flags: '--days <number>', help: 'how far back; default 30' };

function readFilter(input: Input): DmarcFilter {
  const days = Number(optionText(input, 'days') ?? 30);
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw new Refusal('invalid', 'Give a number of days.', 'days');
  }
  return { domain: textAt(input, 0).toLowerCase(), days };
}

export const reportCommands: CommandDefinition[] = [
  {
    name: 'dmarc domains',
    arguments: [],
    options: [daysOption],
    help: 'domains that others report on: mail in their name, and how much passed',
    run: async (input) => ({
      rows: await listDmarcDomains(readFilter(input)),
      columns: ['domain', 'reports', 'messages', 'passed', 'policy'],
    }),
  },
  {
    name: 'dmarc sources',
    arguments: ['[domain]'],
    options: [daysOption, { flags: '--failing', help: 'only what failed DMARC' }],
    help: 'addresses that send in the name of a domain, with their names in the DNS',
    run: async (input) => {
      const isFailing = input.options.failing === true;
      const rows = await listDmarcSources({ ...readFilter(input), isFailing });
      const names = await findReverseNames(rows.map(({ source }) => source));
      const columns = 'source name messages passed dkimPassed spfPassed stopped findings'.split(
        ' ',
      );
      return { rows: rows.map((row) => ({ ...row, name: names[row.source] ?? '' })), columns };
    },
  },
  {
    name: 'dmarc reports',
    arguments: ['[domain]'],
    options: [daysOption],
    help: 'reports that came in, the newest 100; "isProven" tells whether the mail proved its sender',
    run: async (input) => ({
      rows: await listDmarcReports(readFilter(input), 100),
      columns: ['beginAt', 'domain', 'organization', 'sender', 'isProven', 'messages'],
    }),
  },
  {
    name: 'tls-reports',
    arguments: ['[domain]'],
    options: [daysOption],
    help: 'what others report of their TLS connections to this server',
    run: async (input) => {
      const rows = await listInboundTls(readFilter(input));
      const tell = (faults: { result: string; host: string; count: number }[]) =>
        faults.map(({ result, host, count }) => `${result} ${host} (${count})`).join(', ');
      return {
        rows: rows.map((row) => ({ ...row, faults: tell(row.faults) })),
        columns: ['domain', 'successes', 'failures', 'organizations', 'faults'],
      };
    },
  },
];

// `drey dkim …`: the keys that sign the mail of a domain, as on the domain's page of the panel.
import {
  activateDkimKeys,
  createDkimKeys,
  type DkimKey,
  listDkimKeys,
  removeDkimKey,
  retireDkimKey,
} from '#lib/accounts/dkim-key.ts';
import { requireDomainOf } from '#lib/accounts/staff.ts';
import { checkDkimRecords } from '../delivery/sign/check.ts';
import { type CommandDefinition, type Input, type Result, textAt } from './command.ts';
import { staffOf } from './staff.ts';

/** The name of the domain. Refusal 'not-found'. */
async function requireName(input: Input): Promise<string> {
  return (await requireDomainOf(staffOf(input), textAt(input, 0))).name;
}

/** What is to be published, whole: a table would cut it. */
function describeRecords(keys: DkimKey[]): string {
  return keys
    .map(({ record }) => `${record.name}. IN ${record.type} ${record.zoneText}`)
    .join('\n\n');
}

function showRecords(keys: DkimKey[], before: string): Result {
  return { text: `${before}\n\n${describeRecords(keys)}`, row: { keys } };
}

export const dkimCommands: CommandDefinition[] = [
  {
    name: 'dkim list',
    permission: 'domains',
    arguments: ['<domain>'],
    options: [{ flags: '--records', help: 'print the DNS records, as a zone file has them' }],
    help: 'the keys that sign the mail of a domain',
    run: async (input) => {
      const keys = await listDkimKeys(await requireName(input));
      if (input.options.records && keys.length > 0) {
        return { text: describeRecords(keys), row: { keys } };
      }
      return {
        rows: keys,
        columns: ['selector', 'algorithm', 'state', 'createdAt', 'activeAt', 'mayGoAt'],
      };
    },
  },
  {
    name: 'dkim create',
    permission: 'domains',
    arguments: ['<domain>'],
    options: [],
    help: 'make a pair of keys (RSA 2048, Ed25519), which sign nothing until they are activated',
    run: async (input) => {
      const domain = await requireName(input);
      const keys = await createDkimKeys(domain, staffOf(input).address);
      const next = `"drey dkim activate ${domain}"`;
      return showRecords(keys, `Made. Publish these records, then ${next}:`);
    },
  },
  {
    name: 'dkim check',
    permission: 'domains',
    arguments: ['<domain>'],
    options: [],
    help: 'look up the records of the keys now; exit code 1 where one that signs is not right',
    run: async (input) => {
      const keys = await listDkimKeys(await requireName(input));
      const verdicts = await checkDkimRecords(await requireName(input));
      const rows = keys.map(({ selector, state, record }) => {
        const verdict = verdicts.get(selector);
        return { selector, state, dns: verdict?.state, text: verdict?.text, name: record.name };
      });
      if (rows.some(({ state, dns }) => state === 'active' && dns !== 'right')) {
        process.exitCode = 1;
      }
      return { rows, columns: ['selector', 'state', 'dns', 'text', 'name'] };
    },
  },
  {
    name: 'dkim activate',
    permission: 'domains',
    arguments: ['<domain>', '[selector]'],
    options: [{ flags: '--force', help: 'do not look at the DNS first' }],
    help: 'sign with the new keys, or with that one, from the next attempt on',
    run: async (input) => {
      const domain = await requireName(input);
      const verdicts = input.options.force ? null : await checkDkimRecords(domain);
      const selectors = await activateDkimKeys(
        domain,
        textAt(input, 1) || null,
        verdicts,
        staffOf(input).address,
      );
      return { text: `Signing with ${selectors.join(', ')}`, row: { selectors } };
    },
  },
  {
    name: 'dkim retire',
    permission: 'domains',
    arguments: ['<domain>', '<selector>'],
    options: [],
    help: 'sign no more with a key; its record stays needed for a week',
    run: async (input) => {
      await retireDkimKey(await requireName(input), textAt(input, 1), staffOf(input).address);
      return { text: `${textAt(input, 1)} signs no more; keep its record for a week` };
    },
  },
  {
    name: 'dkim rm',
    permission: 'domains',
    arguments: ['<domain>', '<selector>'],
    options: [],
    help: 'delete a key that does not sign',
    run: async (input) => {
      const [domain, selector] = [await requireName(input), textAt(input, 1)];
      const key = (await listDkimKeys(domain)).find((one) => one.selector === selector);
      await removeDkimKey(domain, selector, staffOf(input).address);
      const from = key?.mayGoAt ? ` from ${key.mayGoAt.toISOString().slice(0, 10)} on` : '';
      return { text: `Deleted key ${selector}; its record may go${from}` };
    },
  },
];

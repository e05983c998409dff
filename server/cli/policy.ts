// `drey rule …`, `drey rewrite …`, `drey import-map`: what decides about mail and its addresses.
import {
  type AccessAction,
  type AccessRule,
  type AccessScope,
  accessActions,
  accessScopes,
  addAccessRule,
  listAccessRules,
  moveAccessRule,
  removeAccessRule,
  updateAccessRule,
} from '#lib/accounts/access-rule.ts';
import {
  addRewrite,
  listRewrites,
  type RewriteScope,
  removeRewrite,
  rewriteScopes,
} from '#lib/accounts/rewrite.ts';
import { Refusal } from '#lib/errors.ts';
import {
  applyImport,
  type ImportKind,
  type ImportStep,
  importKinds,
  planImport,
} from '#lib/queue/import-map.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { readText } from './read-text.ts';

const commentOption = { flags: '--comment <text>', help: 'a note for other administrators' };
const argumentOption = {
  flags: '--text <text>',
  help: 'words of a reject or defer; the address of a redirect or bcc',
};

/** Rules are named by scope and place, as `drey rule list` prints them. */
async function findRule(input: Input): Promise<AccessRule> {
  const scope = textAt(input, 0) as AccessScope;
  const rules = accessScopes.includes(scope) ? await listAccessRules(scope) : [];
  const rule = rules[Number(textAt(input, 1)) - 1];
  if (!rule) throw new Refusal('not-found', 'There is no such rule: see drey rule list.');
  return rule;
}

const ruleCommands: CommandDefinition[] = [
  {
    name: 'rule list',
    arguments: ['[scope]'],
    options: [],
    help: `list access rules, of one scope (${accessScopes.join(', ')}) or all`,
    run: async (input) => {
      const wanted = textAt(input, 0);
      const places = new Map<string, number>();
      const rows = (await listAccessRules()).map((rule) => {
        const place = (places.get(rule.scope) ?? 0) + 1;
        places.set(rule.scope, place);
        return { place, ...rule };
      });
      return {
        rows: rows.filter(({ scope }) => wanted === '' || scope === wanted),
        columns: ['scope', 'place', 'pattern', 'action', 'argument', 'isDisabled', 'comment'],
      };
    },
  },
  {
    name: 'rule add',
    arguments: ['<scope>', '<pattern>', '<action>'],
    options: [argumentOption, commentOption],
    help: `add an access rule at the end of its scope; actions: ${accessActions.join(', ')}`,
    run: async (input) => {
      const rule = await addAccessRule(
        {
          scope: textAt(input, 0) as AccessScope,
          pattern: textAt(input, 1),
          action: textAt(input, 2) as AccessAction,
          argument: optionText(input, 'text'),
          comment: optionText(input, 'comment'),
        },
        by,
      );
      return { text: `Added rule ${rule.scope} ${rule.pattern}: ${rule.action}`, row: rule };
    },
  },
  {
    name: 'rule set',
    arguments: ['<scope>', '<place>'],
    options: [
      { flags: '--pattern <pattern>', help: 'what it fits' },
      { flags: '--action <action>', help: accessActions.join(', ') },
      argumentOption,
      commentOption,
    ],
    help: 'change an access rule',
    run: async (input) => {
      const { id } = await findRule(input);
      const change = {
        pattern: optionText(input, 'pattern'),
        action: optionText(input, 'action') as AccessAction | undefined,
        argument: optionText(input, 'text'),
        comment: optionText(input, 'comment'),
      };
      const rule = await updateAccessRule(id, change, by);
      return { text: `Changed rule ${rule.scope} ${rule.pattern}: ${rule.action}`, row: rule };
    },
  },
  {
    name: 'rule move',
    arguments: ['<scope>', '<place>', '<to>'],
    options: [],
    help: 'move an access rule to another place (1 = first)',
    run: async (input) => {
      const rule = await findRule(input);
      await moveAccessRule(rule.id, Number(textAt(input, 2)), by);
      return { text: `Moved rule ${rule.scope} ${rule.pattern}` };
    },
  },
  ...(['disable', 'enable'] as const).map(
    (verb): CommandDefinition => ({
      name: `rule ${verb}`,
      arguments: ['<scope>', '<place>'],
      options: [],
      help: verb === 'disable' ? 'pass over a rule until it is enabled again' : 'undo disable',
      run: async (input) => {
        const { id } = await findRule(input);
        const rule = await updateAccessRule(id, { isDisabled: verb === 'disable' }, by);
        return { text: `Changed rule ${rule.scope} ${rule.pattern}`, row: rule };
      },
    }),
  ),
  {
    name: 'rule rm',
    arguments: ['<scope>', '<place>'],
    options: [],
    help: 'remove an access rule',
    run: async (input) => {
      const rule = await findRule(input);
      await removeAccessRule(rule.id, by);
      return { text: `Removed rule ${rule.scope} ${rule.pattern}` };
    },
  },
];

const rewriteCommands: CommandDefinition[] = [
  {
    name: 'rewrite list',
    arguments: [],
    options: [],
    help: 'list the rewriting of addresses (canonical maps)',
    run: async () => ({
      rows: await listRewrites(),
      columns: ['scope', 'pattern', 'replacement', 'comment'],
    }),
  },
  {
    name: 'rewrite add',
    arguments: ['<scope>', '<address>', '<replacement>'],
    options: [commentOption],
    help: `rewrite an address or @domain (${rewriteScopes.join(' or ')})`,
    run: async (input) => {
      const rewrite = await addRewrite(
        {
          scope: textAt(input, 0) as RewriteScope,
          pattern: textAt(input, 1),
          replacement: textAt(input, 2),
          comment: optionText(input, 'comment'),
        },
        by,
      );
      const { scope, pattern, replacement } = rewrite;
      return { text: `Rewriting ${scope} ${pattern} to ${replacement}`, row: rewrite };
    },
  },
  {
    name: 'rewrite rm',
    arguments: ['<scope>', '<address>'],
    options: [],
    help: 'stop rewriting an address or @domain',
    run: async (input) => {
      const wanted = textAt(input, 1).trim().toLowerCase();
      const known = (await listRewrites()).find(
        ({ scope, pattern }) => scope === textAt(input, 0) && pattern === wanted,
      );
      if (!known) throw new Refusal('not-found', `There is no rewriting of ${wanted}.`);
      await removeRewrite(known.id, by);
      return { text: `Stopped rewriting ${known.scope} ${known.pattern}` };
    },
  },
];

const importMap: CommandDefinition = {
  name: 'import-map',
  arguments: ['<kind>', '<file>'],
  options: [
    { flags: '--dry-run', help: 'show what each line would do, and do nothing' },
    { flags: '--domain <domain>', help: 'domain of names without one' },
    {
      flags: '--scope <scope>',
      help: 'access: client, helo, sender or recipient; canonical: sender, recipient or both',
    },
  ],
  help: `take over a table of Postfix or users (${importKinds.join(', ')}); "-" reads standard input`,
  run: async (input) => {
    const asked = {
      kind: textAt(input, 0) as ImportKind,
      text: await readText(textAt(input, 1)),
      domain: optionText(input, 'domain'),
      scope: optionText(input, 'scope'),
    };
    const steps: ImportStep[] = input.options.dryRun
      ? await planImport(asked)
      : await applyImport(asked, by);
    return { rows: steps, columns: ['line', 'what', 'text'] };
  },
};

export const policyCommands: CommandDefinition[] = [...ruleCommands, ...rewriteCommands, importMap];

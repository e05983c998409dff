// Takes over Postfix's tables, and users of Unix and Dovecot, that an administrator pasted: what each line would do, then does it. Stands here
// and not with the accounts, because a transport table becomes relay rules.
import { addAccessRule, listAccessRules } from '../accounts/access-rule.ts';
import { addAlias, findAlias, updateAlias } from '../accounts/alias.ts';
import { addDomain, findDomain, updateDomain } from '../accounts/domain.ts';
import { type AccessTable, parseAccess } from '../accounts/import/access.ts';
import { parseAliases } from '../accounts/import/aliases.ts';
import { parseCanonical } from '../accounts/import/canonical.ts';
import { maxImportLength, type Problem } from '../accounts/import/lines.ts';
import { parseNetworks } from '../accounts/import/networks.ts';
import { type PasswdFormat, passwdFormats } from '../accounts/import/passwd.ts';
import { planUsers } from '../accounts/import/users.ts';
import { parseVirtual } from '../accounts/import/virtual.ts';
import { addNetwork, listNetworks } from '../accounts/network.ts';
import { addRewrite, listRewrites, rewriteScopes, updateRewrite } from '../accounts/rewrite.ts';
import { isRefusal, Refusal } from '../errors.ts';
import { splitAddress } from '../mail/address.ts';
import { planRoutes, type RouteKind, routeKinds } from './import-routes.ts';
import type { ImportStep, Step } from './import-step.ts';

export const importKinds = [
  'aliases',
  'virtual',
  ...routeKinds,
  'access',
  'canonical',
  'mynetworks',
  ...passwdFormats,
] as const;
export type ImportKind = (typeof importKinds)[number];

export type ImportInput = {
  kind: ImportKind;
  text: string;
  /** For names without one; may be empty */
  domain?: string;
  /** access: client, helo, sender, recipient; canonical: sender, recipient, both (default) */
  scope?: string;
};

export type { ImportStep } from './import-step.ts';

const maxLines = 20_000;

/** What would be done, by line; nothing is. Refusal 'invalid', 'too-big'. */
export async function planImport(input: ImportInput): Promise<ImportStep[]> {
  return (await makeSteps(input)).map(strip);
}

/** Does it, line by line; a line that is refused leaves the others. Refusal 'invalid', 'too-big'. */
export async function applyImport(input: ImportInput, by: string): Promise<ImportStep[]> {
  const done: ImportStep[] = [];
  for (const step of await makeSteps(input)) {
    try {
      await step.run?.(by);
      done.push(strip(step));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      done.push({ line: step.line, what: 'refuse', text: error.message });
    }
  }
  return done;
}

const strip = ({ line, what, text }: Step): ImportStep => ({ line, what, text });

async function makeSteps(input: ImportInput): Promise<Step[]> {
  if (input.text.length > maxImportLength || input.text.split('\n').length > maxLines) {
    throw new Refusal('too-big', `Import at most ${maxLines} lines at once.`, 'text');
  }
  const makers: Record<ImportKind, (input: ImportInput) => Promise<Step[]>> = {
    aliases: planAliases,
    virtual: planVirtual,
    ...(Object.fromEntries(
      routeKinds.map((kind) => [kind, ({ text }: ImportInput) => planRoutes(kind, text)]),
    ) as Record<RouteKind, (input: ImportInput) => Promise<Step[]>>),
    access: planAccess,
    canonical: planCanonical,
    mynetworks: planNetworks,
    passwd: planUsersOf('passwd'),
    shadow: planUsersOf('shadow'),
    dovecot: planUsersOf('dovecot'),
  };
  const make = Object.hasOwn(makers, input.kind) ? makers[input.kind] : undefined;
  if (!make) throw new Refusal('invalid', `Import one of ${importKinds.join(', ')}.`, 'kind');
  const steps = await make(input);
  // Access rules go from top to bottom, in the order their parser gave them.
  return input.kind === 'access' ? steps : steps.sort((a, b) => a.line - b.line);
}

const toRefused = ({ line, reason }: Problem): Step => ({ line, what: 'refuse', text: reason });

async function readDefaultDomain({ domain = '' }: ImportInput): Promise<string> {
  if (domain.trim() === '') return '';
  const found = await findDomain(domain.trim());
  if (!found) throw new Refusal('invalid', `There is no domain ${domain.trim()} here.`, 'domain');
  return found.name;
}

async function planAliases(input: ImportInput): Promise<Step[]> {
  const { entries, problems } = parseAliases(input.text, await readDefaultDomain(input));
  const steps = problems.map(toRefused);
  for (const entry of entries) steps.push(await planAlias(entry, new Set()));
  return steps;
}

type AliasEntry = { line: number; address: string; targets: string[] };

async function planAlias(
  { line, address, targets }: AliasEntry,
  coming: Set<string>,
): Promise<Step> {
  const { domain } = splitAddress(address);
  const text = `${address} → ${targets.join(', ')}`;
  if (!coming.has(domain) && !(await findDomain(domain))) {
    return { line, what: 'refuse', text: `There is no domain ${domain} here; add it first.` };
  }
  const known = await findAlias(address);
  if (!known) {
    return { line, what: 'add', text, run: (by) => addAlias({ address, targets }, by) };
  }
  if (isSame(known.targets, targets)) return { line, what: 'same', text };
  return {
    line,
    what: 'change',
    text: `${text} (was ${known.targets.slice(0, 20).join(', ')})`,
    run: (by) => updateAlias(address, { targets }, by),
  };
}

const isSame = (a: string[], b: string[]) => [...a].sort().join() === [...b].sort().join();

async function planVirtual(input: ImportInput): Promise<Step[]> {
  const { entries, problems } = parseVirtual(input.text, await readDefaultDomain(input));
  const steps = problems.map(toRefused);
  const coming = new Set<string>();
  for (const entry of entries) {
    const { line } = entry;
    if (entry.kind === 'alias') steps.push(await planAlias(entry, coming));
    else if (entry.kind === 'alias-domain') steps.push(await planAliasDomain(entry));
    else if (await findDomain(entry.name))
      steps.push({ line, what: 'same', text: `domain ${entry.name}` });
    else {
      const { name } = entry;
      coming.add(name);
      steps.push({
        line,
        what: 'add',
        text: `domain ${name}`,
        run: (by) => addDomain({ name }, by),
      });
    }
  }
  return steps;
}

async function planAliasDomain(entry: {
  line: number;
  name: string;
  aliasOf: string;
}): Promise<Step> {
  const { line, name, aliasOf } = entry;
  const text = `domain ${name}, an alias of ${aliasOf}`;
  const known = await findDomain(name);
  if (!(await findDomain(aliasOf))) {
    return { line, what: 'refuse', text: `There is no domain ${aliasOf} here; add it first.` };
  }
  if (!known) return { line, what: 'add', text, run: (by) => addDomain({ name, aliasOf }, by) };
  if (known.aliasOf === aliasOf) return { line, what: 'same', text };
  return { line, what: 'change', text, run: (by) => updateDomain(name, { aliasOf }, by) };
}

const accessTables: readonly string[] = ['client', 'helo', 'sender', 'recipient'];

async function planAccess({ text, scope = '' }: ImportInput): Promise<Step[]> {
  if (!accessTables.includes(scope)) {
    throw new Refusal('invalid', `Say what it looks at: ${accessTables.join(', ')}.`, 'scope');
  }
  const { entries, problems } = parseAccess(text, scope as AccessTable);
  const rules = await listAccessRules(scope as AccessTable);
  const planned = entries.map(({ line, ...entry }): Step => {
    const text = `${scope} ${entry.pattern}: ${entry.action} ${entry.argument}`.trim();
    const isKnown = rules.some(
      ({ pattern, action }) => pattern === entry.pattern && action === entry.action,
    );
    if (isKnown) return { line, what: 'same', text };
    return { line, what: 'add', text, run: (by) => addAccessRule(entry, by) };
  });
  return [...problems.map(toRefused), ...planned];
}

async function planCanonical(input: ImportInput): Promise<Step[]> {
  const wanted = input.scope || 'both';
  const scopes = rewriteScopes.filter((scope) => wanted === 'both' || wanted === scope);
  if (scopes.length === 0) {
    throw new Refusal('invalid', 'Rewrite sender, recipient or both.', 'scope');
  }
  const domain = await readDefaultDomain(input);
  const { entries, problems } = parseCanonical(input.text, scopes, domain);
  const rewrites = await listRewrites();
  const planned = entries.map(({ line, ...entry }): Step => {
    const text = `${entry.scope} ${entry.pattern} → ${entry.replacement}`;
    const known = rewrites.find(
      ({ scope, pattern }) => scope === entry.scope && pattern === entry.pattern,
    );
    if (!known) return { line, what: 'add', text, run: (by) => addRewrite(entry, by) };
    if (known.replacement === entry.replacement) return { line, what: 'same', text };
    return {
      line,
      what: 'change',
      text: `${text} (was ${known.replacement})`,
      run: (by) => updateRewrite(known.id, { replacement: entry.replacement }, by),
    };
  });
  return [...problems.map(toRefused), ...planned];
}

function planUsersOf(format: PasswdFormat) {
  return async (input: ImportInput): Promise<Step[]> =>
    planUsers(input.text, format, await readDefaultDomain(input));
}

async function planNetworks({ text }: ImportInput): Promise<Step[]> {
  const { entries, problems } = parseNetworks(text);
  const known = new Set((await listNetworks()).map(({ cidr }) => cidr));
  const planned = entries.map(({ line, cidr }): Step => {
    if (known.has(cidr)) return { line, what: 'same', text: cidr };
    return { line, what: 'add', text: cidr, run: (by) => addNetwork({ cidr }, by) };
  });
  return [...problems.map(toRefused), ...planned];
}

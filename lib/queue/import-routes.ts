// Takes over the tables by which Postfix routes mail, as relay rules: what each line would do, then does it. Postfix asks
// its tables one after the other, and in a table the address before the domain before the domain above; in our one
// list that is the order of the rules, so a rule goes where its turn would be there.
import { addDomain, findDomain, updateDomain } from '#lib/accounts/domain.ts';
import { type Parsed, readLines } from '#lib/accounts/import/lines.ts';
import {
  type LoginEntry,
  parseLogins,
  parseRelayhost,
  parseSenderRelays,
  parseTlsPolicies,
  parseTransport,
  type RouteEntry,
  readNexthop,
  type TlsEntry,
} from '#lib/accounts/import/transport.ts';
import { isRefusal } from '#lib/errors.ts';
import type { Step } from './import-step.ts';
import { checkRelayInput } from './relay-check.ts';
import { parseHosts } from './relay-host.ts';
import { addRelayRule, listRelayRules, type RelayRule, updateRelayRule } from './relay-rule.ts';
import { describeConditions, describeTarget } from './relay-words.ts';

export const routeKinds = [
  'transport',
  'sender_relay',
  'relayhost',
  'sasl_passwd',
  'tls_policy',
  'relay_domains',
] as const;
export type RouteKind = (typeof routeKinds)[number];

/** What would be done with a table, by line. */
export function planRoutes(kind: RouteKind, text: string): Promise<Step[]> {
  return {
    transport: () => planRules(parseTransport(text)),
    sender_relay: () => planRules(parseSenderRelays(text)),
    relayhost: () => planRules(parseRelayhost(text)),
    sasl_passwd: () => planLogins(parseLogins(text)),
    tls_policy: () => planPolicies(parseTlsPolicies(text)),
    relay_domains: () => planDomains(text),
  }[kind]();
}

const toRefused = ({ line, reason }: { line: number; reason: string }): Step => ({
  line,
  what: 'refuse',
  text: reason,
});

async function planRules({ entries, problems }: Parsed<RouteEntry>): Promise<Step[]> {
  const rules = await listRelayRules();
  return [
    ...problems.map(toRefused),
    ...entries.map(({ line, ...entry }) => orRefused(line, () => planRule(line, entry, rules))),
  ];
}

/** What a rule may not hold is the line's problem. */
function orRefused(line: number, plan: () => Step): Step {
  try {
    return plan();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { line, what: 'refuse', text: error.message };
  }
}

function planRule(line: number, entry: RouteEntry, rules: RelayRule[]): Step {
  const fields = checkRelayInput(entry);
  const text = `${describeConditions(fields)} → ${describeTarget(fields)}`;
  const known = findSame(fields, rules);
  if (!known) {
    return {
      line,
      what: 'add',
      text,
      run: async (by) => addRelayRule(entry, by, await findPlace(fields)),
    };
  }
  const isEqual = (['target', 'hosts', 'text'] as const).every(
    (name) => known[name] === fields[name],
  );
  if (isEqual) return { line, what: 'same', text: `${text}, TLS ${known.tlsMode}` };
  return {
    line,
    what: 'change',
    text: `${text} (was ${describeTarget(known)})`,
    // The login and password belong to the old host.
    run: (by) => updateRelayRule(known.id, { ...entry, username: '', password: '' }, by),
  };
}

type Conditions = Pick<RelayRule, 'recipient' | 'sender' | 'user'>;

function findSame(wanted: Conditions, rules: RelayRule[]): RelayRule | undefined {
  return rules.find(
    (rule) =>
      rule.target !== 'hold' &&
      rule.recipient === wanted.recipient &&
      rule.sender === wanted.sender &&
      rule.user === wanted.user,
  );
}

async function findPlace(wanted: Conditions): Promise<number> {
  const rules = await listRelayRules();
  const after = rules.findIndex((rule) => rankOf(rule) > rankOf(wanted));
  return (after < 0 ? rules.length : after) + 1;
}

/** Addresses, domains, wildcards with the longest first, then by sender, then all mail. */
function rankOf({ recipient, sender, user }: Conditions): number {
  const isSender = sender !== '' || user !== '';
  if (isSender) return sender.includes('@') ? 4 : 5;
  if (recipient === '') return 6;
  if (/^\.|\*/.test(recipient)) return 3 + 1 / (1 + recipient.length);
  return recipient.includes('@') ? 1 : 2;
}

async function planLogins({ entries, problems }: Parsed<LoginEntry>): Promise<Step[]> {
  const rules = await listRelayRules();
  const planned = entries.flatMap(({ line, key, username, password }): Step[] => {
    const fitting = rules.filter((rule) => isOfSender(rule, key) || isThrough(rule, key));
    if (fitting.length === 0) {
      const text = `No relay rule goes through ${key}; take over the table that names it first.`;
      return [{ line, what: 'refuse', text }];
    }
    return fitting.map((rule) => ({
      line,
      // Whether the password is the same nobody is told.
      what: 'change',
      text: `login ${username} for ${describeConditions(rule)} → ${describeTarget(rule)}`,
      run: (by) => updateRelayRule(rule.id, { username, password }, by),
    }));
  });
  return [...problems.map(toRefused), ...planned];
}

/** Postfix: smtp_sender_dependent_authentication. */
function isOfSender({ sender, hosts }: RelayRule, key: string): boolean {
  return hosts !== '' && key.includes('@') && sender === key.replace(/^@/, '');
}

function isThrough({ hosts, fallbackHosts }: RelayRule, key: string): boolean {
  const way = readNexthop(key, 25);
  const own = `${hosts} ${fallbackHosts}`;
  if ('hosts' in way && way.hosts && own.split(' ').includes(way.hosts)) return true;
  // Postfix asks for the name of the host alone too.
  return parseHosts(own).some((host) => host.kind !== 'socket' && host.name === key);
}

async function planPolicies({ entries, problems }: Parsed<TlsEntry>): Promise<Step[]> {
  const rules = await listRelayRules();
  const planned = entries.flatMap(({ line, key, tlsMode }): Step[] => {
    const recipient = key.replace(/^\./, '*.');
    const fitting = rules.filter(
      (rule) => isThrough(rule, key) || findSame({ recipient, sender: '', user: '' }, [rule]),
    );
    if (fitting.length > 0) {
      return fitting.map((rule) => {
        const text = `TLS ${tlsMode} for ${describeConditions(rule)} → ${describeTarget(rule)}`;
        // TLS from the first byte is verified, and no STARTTLS would be understood.
        const isKept = rule.tlsMode === tlsMode || rule.tlsMode === 'implicit';
        if (isKept) return { line, what: 'same', text: `${text}: is ${rule.tlsMode}` };
        return {
          line,
          what: 'change',
          text,
          run: (by) => updateRelayRule(rule.id, { tlsMode }, by),
        };
      });
    }
    if (/[[\]:]/.test(key)) {
      const text = `No relay rule goes through ${key}; take over the table that names it first.`;
      return [{ line, what: 'refuse', text }];
    }
    const entry = { recipient, target: 'mx', tlsMode } as const;
    return [
      orRefused(line, () => {
        const fields = checkRelayInput(entry);
        const text = `${describeConditions(fields)} → ${describeTarget(fields)}, TLS ${tlsMode}`;
        if (tlsMode === 'opportunistic')
          return { line, what: 'same', text: `${text}: so without a rule` };
        return {
          line,
          what: 'add',
          text,
          run: async (by) => addRelayRule(entry, by, await findPlace(fields)),
        };
      }),
    ];
  });
  return [...problems.map(toRefused), ...planned];
}

/** relay_domains: their mail is taken for all addresses and passed on (Postfix without relay_recipient_maps). */
async function planDomains(text: string): Promise<Step[]> {
  const steps: Step[] = [];
  const seen = new Set<string>();
  for (const { line, text: row } of readLines(text)) {
    const names = row
      .replace(/^relay_domains\s*=\s*/i, '')
      .split(/[\s,]+/)
      .filter((name) => /^[^\s.]+(\.[^\s.]+)+$/.test(name));
    if (names.length === 0)
      steps.push({ line, what: 'refuse', text: 'There is no domain in this line.' });
    for (const name of names.filter((one) => !seen.has(one))) {
      seen.add(name);
      steps.push(await planDomain(line, name));
    }
  }
  return steps;
}

async function planDomain(line: number, name: string): Promise<Step> {
  const text = `domain ${name}, all its mail passed on to another server`;
  const known = await findDomain(name);
  const elsewhere = 'all';
  if (!known) return { line, what: 'add', text, run: (by) => addDomain({ name, elsewhere }, by) };
  if (known.elsewhere !== '') return { line, what: 'same', text: `domain ${name}, passed on` };
  return { line, what: 'change', text, run: (by) => updateDomain(name, { elsewhere }, by) };
}

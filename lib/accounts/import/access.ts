// access(5): "pattern action". A lookup in Postfix finds the most exact key first, rules here go from top to
// bottom: so entries come out in that order, but a table with networks (cidr_table(5)) keeps its own. Pure.
import { isIP } from 'node:net';
import { isRefusal } from '../../errors.ts';
import { type AccessRuleInput, checkInput } from '../access-rule.ts';
import { collect, type Pair, type Parsed, Reason, readPairs } from './lines.ts';

export type AccessTable = 'client' | 'helo' | 'sender' | 'recipient';
export type AccessEntry = Pick<AccessRuleInput, 'scope' | 'pattern' | 'action'> & {
  argument: string;
};

/** Rules of one scope. */
export function parseAccess(text: string, scope: AccessTable): Parsed<AccessEntry> {
  const { pairs, problems } = readPairs(text);
  const parsed = collect<AccessEntry>(pairs, problems, (pair) => readRule(pair, scope));
  if (!pairs.some(({ key }) => key.includes('/'))) {
    parsed.entries.sort((a, b) => rank(b.pattern) - rank(a.pattern));
  }
  return parsed;
}

function readRule({ key, value }: Pair, scope: AccessTable): AccessEntry | Reason {
  const action = readAction(value);
  if (action instanceof Reason) return action;
  try {
    const { pattern, argument } = checkInput({
      scope,
      pattern: scope === 'client' || scope === 'helo' ? readHost(key) : readAddress(key),
      ...action,
    });
    return { scope, pattern, action: action.action, argument };
  } catch (error) {
    if (isRefusal(error)) return new Reason(error.message);
    throw error;
  }
}

/** A name stands for what is below it too (parent_domain_matches_subdomains), "192.0.2" for a network. */
function readHost(key: string): string {
  if (/^\d{1,3}(\.\d{1,3}){0,2}$/.test(key)) {
    const octets = key.split('.');
    return `${[...octets, '0', '0', '0'].slice(0, 4).join('.')}/${octets.length * 8}`;
  }
  const isNamed = isIP(key) === 0 && /^[^/:[\]*.][^/:[\]*]*$/.test(key);
  return isNamed ? `.${key}` : key.replace(/^\[(.*)\](\/\d+)?$/, '$1$2');
}

function readAddress(key: string): string {
  return key === '<>' || key.includes('@') || key.startsWith('.') ? key : `.${key}`;
}

/** More of its own = found first. */
function rank(pattern: string): number {
  if (pattern === '<>') return 5000;
  if (pattern.endsWith('@')) return 1;
  if (!/^[@.*]/.test(pattern)) return 4000;
  return 10 + pattern.split('.').length;
}

type Action = { action: AccessEntry['action']; argument: string };

const words: Record<string, AccessEntry['action']> = {
  OK: 'accept',
  REJECT: 'reject',
  DEFER: 'defer',
  DEFER_IF_PERMIT: 'defer',
  DEFER_IF_REJECT: 'defer',
  HOLD: 'hold',
  DISCARD: 'discard',
  REDIRECT: 'redirect',
  BCC: 'bcc',
};

function readAction(value: string): Action | Reason {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(value) ?? [];
  const code = /^([45])\d\d$/.exec(word)?.[1];
  if (code) return { action: code === '5' ? 'reject' : 'defer', argument: toWords(rest) };
  // access(5): a number that is no reply code means OK.
  if (/^\d+$/.test(word)) return { action: 'accept', argument: '' };
  const action = words[word.toUpperCase()];
  if (!action) return new Reason(`${word.slice(0, 40)} is not taken over.`);
  if (action === 'redirect' || action === 'bcc') return { action, argument: rest };
  const hasText = action === 'reject' || action === 'defer';
  return { action, argument: hasText ? toWords(rest) : '' };
}

/** Without the enhanced code, which is ours, and in the letters that a reply may have. */
function toWords(text: string): string {
  return text
    .replace(/^[45]\.\d{1,3}\.\d{1,3}\s*/, '')
    .replace(/[^ -~]+/g, ' ')
    .slice(0, 200)
    .trim();
}

// What the lines of a table of users would do here, and how to do it. A user who has a password keeps it.
import { addAccount, findAccount, takeOverPassword } from '../account.ts';
import { domainOf } from '../address.ts';
import { findAlias } from '../alias.ts';
import { findDomain } from '../domain.ts';
import { type PasswdFormat, parsePasswd, type UserEntry } from './passwd.ts';

export type UserStep = {
  line: number;
  what: 'add' | 'change' | 'same' | 'refuse';
  /** Never a hash */
  text: string;
  run?: (by: string) => Promise<unknown>;
};

/** A step a line, in no order; names without a domain get `domain`. */
export async function planUsers(
  text: string,
  format: PasswdFormat,
  domain: string,
): Promise<UserStep[]> {
  const { entries, problems } = parsePasswd(text, format, domain);
  const steps = problems.map(
    ({ line, reason }): UserStep => ({ line, what: 'refuse', text: reason }),
  );
  const domains = new Map<string, boolean>();
  for (const entry of entries) {
    const name = domainOf(entry.address);
    if (!domains.has(name)) domains.set(name, (await findDomain(name)) !== null);
    steps.push(
      domains.get(name)
        ? await planUser(entry)
        : {
            line: entry.line,
            what: 'refuse',
            text: `There is no domain ${name} here; add it first.`,
          },
    );
  }
  return steps;
}

async function planUser(entry: UserEntry & { line: number }): Promise<UserStep> {
  const { line, address, displayName, password, mustChange, quotaBytes, notes } = entry;
  const text = [displayName ? `${address} (${displayName})` : address, ...notes].join('; ');
  const known = await findAccount(address);
  if (!known) {
    if (await findAlias(address)) return { line, what: 'refuse', text: `${address} is an alias.` };
    const account = { address, displayName, password, mustChange, quotaBytes };
    return { line, what: 'add', text, run: (by) => addAccount(account, by) };
  }
  if (known.kind === 'shared') {
    return { line, what: 'refuse', text: `${address} is a shared mailbox.` };
  }
  const hasNone = 'stored' in password && password.stored === null;
  if (known.hasPassword || hasNone) return { line, what: 'same', text: `${text}; is here already` };
  return {
    line,
    what: 'change',
    text: `${text}; gets its password`,
    run: (by) => takeOverPassword(known.id, { password, displayName }, by),
  };
}

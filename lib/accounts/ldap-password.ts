// Passwords that a directory server keeps: whoever has none here signs in by a bind there (RFC 4513 §5.1.3), to the one
// entry that has the address. An account with a password of its own never asks the server, so there is always a way in.
import { fromNow } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { checkLdapPassword, escapeLdapValue, type LdapServer, withLdap } from '../ldap.ts';
import { logOf } from '../log.ts';
import { readSettings, type Settings } from '../settings/index.ts';
import { addAccount } from './account.ts';
import { domainOf } from './address.ts';
import { recallFitting, rememberFitting } from './password-memory.ts';
import { isLocalDomain } from './route.ts';
import { decryptSecret } from './secret.ts';

const log = logOf('auth');
/** A password that fitted is believed so long at most: the server may have another one by then. */
const rememberMs = 5 * 60_000;

/** Strangers make us ask: so many conversations at once, so many that wait, and the rest hears "try again". */
const atOnce = 8;
const mostWaiting = 100;
let running = 0;
const waiting: (() => void)[] = [];

async function takePlace<T>(work: () => Promise<T>): Promise<T> {
  if (running < atOnce) running++;
  else if (waiting.length >= mostWaiting) throw new Error('too many sign-ins are waiting');
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    // A place is handed over, never left open between two.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/** Whether passwords are asked of a directory server. */
export async function isLdapSignInOn(): Promise<boolean> {
  const settings = await readSettings();
  return settings['security.ldapSignIn'] && settings['directory.ldapUrl'] !== '';
}

function serverOf(settings: Settings): LdapServer {
  return {
    url: settings['directory.ldapUrl'],
    tls: settings['directory.ldapTls'],
    bindName: settings['directory.ldapBindName'],
    password: decryptSecret(settings['directory.ldapPassword']) ?? '',
    timeoutMs: settings['directory.ldapTimeoutMs'],
  };
}

/**
 * The name of whoever has the address and the password there; null for a wrong one, nobody, or several. Refusal
 * 'unavailable' where the server does not answer.
 */
export async function verifyByLdap(address: string, password: string): Promise<string | null> {
  const settings = await readSettings();
  const server = serverOf(settings);
  const attribute = settings['directory.ldapMailAttribute'];
  const name = settings['directory.ldapNameAttribute'];
  try {
    return await takePlace(async () => {
      const found = await withLdap(server, ({ search }) =>
        search({
          base: settings['directory.ldapBase'],
          filter: `(&${settings['directory.ldapFilter']}(${attribute}=${escapeLdapValue(address)}))`,
          attributes: [name],
          most: 2,
        }),
      );
      const [entry] = found;
      if (!entry || found.length > 1) return null;
      if (!(await checkLdapPassword(server, entry.dn, password))) return null;
      return entry.values.get(name)?.[0] ?? '';
    });
  } catch (error) {
    log.warn({ reason: String((error as Error).message).slice(0, 200) }, 'LDAP sign-in failed');
    throw new Refusal('unavailable', 'The directory server does not answer. Try again.');
  }
}

/** As verifyByLdap() for an account, remembered for some minutes. */
export async function fitsByLdap(
  account: { id: string; address: string; epoch: number },
  password: string,
): Promise<boolean> {
  const period = Math.floor(fromNow(0).getTime() / rememberMs);
  const memory = `{LDAP}${account.id} ${account.epoch} ${period}`;
  if (recallFitting(memory, password)) return true;
  if ((await verifyByLdap(account.address, password)) === null) return false;
  rememberFitting(memory, password);
  return true;
}

/**
 * Makes the user whom the directory server vouches for, where the settings want that and the domain is ours; the id, or
 * null.
 */
export async function makeByLdap(address: string, password: string): Promise<string | null> {
  const { 'security.ldapCreatesUsers': mayMake } = await readSettings();
  if (!mayMake || !(await isLocalDomain(domainOf(address)))) return null;
  const displayName = await verifyByLdap(address, password);
  if (displayName === null) return null;
  try {
    return (await addAccount({ address, displayName, password: { stored: null } }, 'LDAP server'))
      .id;
  } catch (error) {
    // Say, the address is an alias.
    if (error instanceof Refusal) return null;
    throw error;
  }
}

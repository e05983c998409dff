// First run: as long as no administrator exists, a one-time link (or the command line) makes the first
// domain and the first administrator.
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { isRefusal, Refusal } from '../errors.ts';
import { writeSetting } from '../settings/index.ts';
import { type Account, addAccount } from './account.ts';
import { domainOf, requireAddress } from './address.ts';
import { addDomain, findDomain } from './domain.ts';
import { makeToken, tokenId } from './one-time-token.ts';

/** Whether an administrator exists. */
export async function isSetUp(): Promise<boolean> {
  return (await db.account.findFirst({ where: { role: 'admin' }, select: { id: true } })) !== null;
}

/** A fresh token for the set-up link; earlier ones end. Refusal 'forbidden' once set up. */
export async function createSetupToken(): Promise<string> {
  if (await isSetUp()) throw new Refusal('forbidden', 'This server is set up already.');
  const { token, row } = makeToken('setup');
  await write(async (tx) => {
    await tx.oneTimeToken.deleteMany({ where: { purpose: 'setup' } });
    await tx.oneTimeToken.create({ data: row });
  });
  return token;
}

/** Whether the token opens the set-up page. */
export async function isSetupToken(token: string): Promise<boolean> {
  const id = tokenId(token);
  if (id === null || (await isSetUp())) return false;
  const row = await db.oneTimeToken.findUnique({ where: { id } });
  return row !== null && row.purpose === 'setup' && row.expiresAt > now();
}

export type SetupInput = {
  /** Administrator's address; its domain becomes the first domain. */
  address: string;
  password: string;
  displayName?: string;
  /** Host name of the server; empty keeps the system's. */
  hostname?: string;
  /** "loopback", "all" or an address; see the setting server.bind. */
  bind?: string;
};

/** Sets up by the link: the token is used up. Refusal 'forbidden', 'invalid'. */
export async function completeSetup(input: SetupInput & { token: string }): Promise<Account> {
  if (!(await isSetupToken(input.token))) {
    throw new Refusal(
      'forbidden',
      'This set-up link is not valid any more. Run "npx drey setup-link" for a new one.',
    );
  }
  const account = await setUpWithoutToken(input);
  await write((tx) => tx.oneTimeToken.deleteMany({ where: { purpose: 'setup' } }));
  return account;
}

/** Sets up from the machine itself (command line). Refusal 'forbidden' once set up. */
export async function setUpWithoutToken(input: SetupInput): Promise<Account> {
  if (await isSetUp()) throw new Refusal('forbidden', 'This server is set up already.');
  const address = requireAddress(input.address);
  const name = domainOf(address);
  if (input.hostname) await writeSetting('server.hostname', input.hostname, address);
  if (input.bind) await writeSetting('server.bind', input.bind, address);
  if (!(await findDomain(name))) {
    await addDomain({ name }, address).catch((error) => {
      // Somebody else with the same link was faster; addAccount decides who sets the server up.
      if (!isRefusal(error, 'exists')) throw error;
    });
  }
  const { password, displayName } = input;
  return addAccount({ address, password, displayName, role: 'admin', isFirstAdmin: true }, address);
}

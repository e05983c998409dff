// How users sign in, for a terminal: browsers, app passwords, second factors.
import { listAppPasswords, removeAppPassword } from '#lib/accounts/app-password.ts';
import { readSecondFactor, resetSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { endOtherWebSessions, listWebSessions } from '#lib/accounts/web-session.ts';
import { Refusal } from '#lib/errors.ts';
import { type CommandDefinition, textAt } from './command.ts';
import { staffOf } from './staff.ts';

export const signInCommands: CommandDefinition[] = [
  {
    name: 'user sessions',
    permission: 'sessions',
    arguments: ['<address>'],
    options: [],
    help: 'list the browsers a user is signed in with',
    run: async (input) => {
      const { id } = await requireUserAt(staffOf(input), textAt(input, 0));
      const rows = await listWebSessions(id);
      return { rows, columns: ['lastUsedAt', 'remote', 'agent', 'startedAt'] };
    },
  },
  {
    name: 'user sign-out',
    permission: 'sessions',
    arguments: ['<address>'],
    options: [],
    help: 'sign a user out of every browser',
    run: async (input) => {
      const { id, address } = await requireUserAt(staffOf(input), textAt(input, 0));
      const count = await endOtherWebSessions(id, '');
      return { text: `${address}: ${count} browsers signed out`, row: { address, count } };
    },
  },
  {
    name: 'user app-passwords',
    permission: 'people',
    arguments: ['<address>'],
    options: [],
    help: "list a user's app passwords",
    run: async (input) => {
      const { id } = await requireUserAt(staffOf(input), textAt(input, 0));
      const rows = (await listAppPasswords(id)).map(({ protocols, networks, ...row }) => ({
        ...row,
        protocols: protocols.join(' '),
        networks: networks.join(' '),
      }));
      return { rows, columns: ['id', 'name', 'protocols', 'networks', 'expiresAt', 'lastUsedAt'] };
    },
  },
  {
    name: 'user remove-app-password',
    permission: 'users',
    arguments: ['<address>', '<id>'],
    options: [],
    help: 'take an app password away; what is open under it is closed',
    run: async (input) => {
      const { id, address } = await requireUserAt(staffOf(input), textAt(input, 0));
      await removeAppPassword(id, textAt(input, 1), staffOf(input).address);
      return { text: `${address}: app password removed` };
    },
  },
  {
    name: 'user reset-second-factor',
    permission: 'users',
    arguments: ['<address>'],
    options: [],
    help: 'take app, passkeys and recovery codes away: the password alone is enough again',
    run: async (input) => {
      const { id, address } = await requireUserAt(staffOf(input), textAt(input, 0));
      const { hasAuthenticator, passkeys } = await readSecondFactor(id);
      if (!hasAuthenticator && passkeys.length === 0) {
        throw new Refusal('not-found', `${address} has no second factor.`);
      }
      await resetSecondFactor(id, staffOf(input).address);
      return { text: `${address}: second factor taken away` };
    },
  },
];

// How users sign in: passwords, links, sessions, app passwords, second factors.
import { z } from 'zod';
import {
  addAppPassword,
  listAppPasswords,
  programProtocols,
  removeAppPassword,
} from '../../accounts/app-password.ts';
import { createPasswordLink } from '../../accounts/password-link.ts';
import { resetSecondFactor } from '../../accounts/second-factor/factor.ts';
import { setPasswordOf } from '../../accounts/staff-password.ts';
import { endOtherWebSessions, endWebSession, listWebSessions } from '../../accounts/web-session.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { address, givenTime, id, pageOf, time, wholeList } from '../fields.ts';
import { requirePerson } from './users.ts';

const session = z
  .object({
    id: z.string(),
    startedAt: time,
    lastUsedAt: time,
    remote: z.string(),
    agent: z.string().describe('what the browser calls itself'),
  })
  .meta({ id: 'Session' });
const appPassword = z
  .object({
    id: z.string(),
    name: z.string(),
    protocols: z.array(z.enum(programProtocols)),
    networks: z.array(z.string()),
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    lastRemote: z.string(),
    createdAt: time,
  })
  .meta({ id: 'AppPassword' });
const parameters = z.object({ address });
const ofRow = parameters.extend({ id });

export const userSignInEndpoints: Endpoint[] = [
  endpoint({
    method: 'PUT',
    path: '/users/{address}/password',
    permission: 'passwords',
    title: 'Set the password of a user',
    help: 'The sessions end. What a token of the help desk sets must be changed.',
    parameters,
    body: z.strictObject({
      password: z.string().min(1).max(1024),
      mustChange: z.boolean().default(false),
    }),
    isSlow: true,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await setPasswordOf(staff, id, body.password, body);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/password-link',
    permission: 'passwords',
    title: 'Make a link with which a user sets a password',
    help: 'It works once and for a day; put the address of this server before the path.',
    parameters,
    body: z.strictObject({}),
    answer: z.object({ path: z.string() }),
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return { path: `/password?token=${await createPasswordLink(id, staff.address)}` };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}/sessions',
    permission: 'sessions',
    title: 'List the browsers where a user is signed in',
    parameters,
    answer: pageOf(session),
    isPaged: true,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return wholeList(await listWebSessions(id));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}/sessions',
    permission: 'sessions',
    title: 'Sign a user out everywhere',
    parameters,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await endOtherWebSessions(id, '');
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}/sessions/{id}',
    permission: 'sessions',
    title: 'Sign a browser out',
    parameters: ofRow,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await endWebSession(id, parameters.id);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}/app-passwords',
    permission: 'people',
    title: 'List the app passwords of a user',
    parameters,
    answer: pageOf(appPassword),
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return wholeList(await listAppPasswords(id));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/app-passwords',
    permission: 'users',
    title: 'Make an app password for a user',
    help: 'It is told this once.',
    parameters,
    body: z.strictObject({
      name: z.string().min(1).max(80),
      protocols: z.array(z.enum(programProtocols)).min(1),
      networks: z.array(z.string().max(64)).max(20).default([]),
      expiresAt: givenTime.nullable().default(null),
    }),
    answer: z.object({ id: z.string(), password: z.string() }),
    isSlow: true,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      const expiresAt = body.expiresAt === null ? null : new Date(body.expiresAt);
      return addAppPassword(id, { ...body, expiresAt }, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}/app-passwords/{id}',
    permission: 'users',
    title: 'Take an app password away',
    parameters: ofRow,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await removeAppPassword(id, parameters.id, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}/second-factor',
    permission: 'users',
    title: 'Take the second factor of a user away',
    parameters,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await resetSecondFactor(id, staff.address);
    },
  }),
];

// What new users get where nothing else is said.
import { z } from 'zod';
import { closableProtocols } from '../../accounts/closed-protocols.ts';
import { namesOf } from '../../accounts/staff.ts';
import { requireDefaultsOf } from '../../accounts/staff-defaults.ts';
import {
  listUserDefaults,
  maxWelcomeSubject,
  maxWelcomeText,
  readUserDefaults,
  writeUserDefaults,
} from '../../accounts/user-defaults.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { limitBytes, limitCount, pageOf, wholeList } from '../fields.ts';

const fields = {
  quotaBytes: limitBytes.nullable(),
  quotaMessages: limitCount.nullable(),
  mustChange: z.boolean().nullable().describe('the web asks for another password first'),
  closedProtocols: z.array(z.enum(closableProtocols)).max(closableProtocols.length).nullable(),
  language: z.string().max(20).describe('of the webmail, such as "de"'),
  timeZone: z.string().max(64),
  welcomeSubject: z.string().max(maxWelcomeSubject).describe('of a mail into the new mailbox'),
  welcomeText: z.string().max(maxWelcomeText).describe('with {name} and {address}'),
};
const domain = z.string().max(253).describe('"*": every domain');
const defaults = z.object({ domain, ...fields }).meta({ id: 'UserDefaults' });
const parameters = z.object({ domain });

export const userDefaultsEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/user-defaults',
    permission: 'users',
    title: 'List what new users get',
    help: 'Of the domains where something is said. null and empty texts say nothing.',
    answer: pageOf(defaults),
    run: async ({ staff }) => {
      const names = namesOf(staff.scope);
      const all = await listUserDefaults();
      return wholeList(all.filter(({ domain }) => !names || names.includes(domain)));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/user-defaults/{domain}',
    permission: 'users',
    title: 'Read what new users of a domain get',
    parameters,
    answer: defaults,
    run: async ({ staff, parameters }) => {
      const domain = await requireDefaultsOf(staff, parameters.domain);
      return { domain, ...(await readUserDefaults(domain)) };
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/user-defaults/{domain}',
    permission: 'users',
    title: 'Change what new users of a domain get',
    help: 'Users who are there keep what they have.',
    parameters,
    body: z.strictObject(fields).partial(),
    answer: defaults,
    run: async ({ staff, parameters, body }) => {
      const domain = await requireDefaultsOf(staff, parameters.domain, body);
      return { domain, ...(await writeUserDefaults(domain, body, staff.address)) };
    },
  }),
];

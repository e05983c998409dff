// What becomes of a user's mail: rules that run at delivery, the answer while away, and what POP3 does. Of rules it tells what
// they do, never what they look for: that is the user's own.
import { z } from 'zod';
import { changePop3Choice, readPop3Choice } from '../../accounts/pop3-choice.ts';
import { Refusal } from '../../errors.ts';
import {
  actionNames,
  maxActions,
  maxConditions,
  plainFields,
  type Rule,
  textFields,
  textTests,
} from '../../filters/rule.ts';
import { listRules, moveRule, removeRule, saveRule } from '../../filters/rules.ts';
import { audiences, readVacation, saveVacation, type Vacation } from '../../filters/vacation.ts';
import { findSetting } from '../../settings/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { address, givenTime, id, pageOf, positions, time, wholeList } from '../fields.ts';
import { requirePerson } from './users.ts';

const parameters = z.object({ address });
const ofRow = parameters.extend({ id });

const actionFields = {
  do: z.enum(actionNames),
  folder: z.string().max(1000).optional().describe('of "move" and "copy"'),
  keyword: z.string().max(100).optional().describe('of "label"'),
  address: address.optional().describe('of "forward"'),
  isKept: z.boolean().optional().describe('of "forward": a copy stays here; usually true'),
};
/** Which fields go together is the grammar of the rules (lib/filters/rule.ts). */
const givenCondition = z.strictObject({
  field: z.enum([...textFields, 'size', ...plainFields]),
  test: z
    .enum([...textTests, 'over', 'under'])
    .optional()
    .describe('of texts, or "over" and "under" of "size"'),
  value: z.string().max(500).optional(),
  name: z.string().max(76).optional().describe('of "header": its name'),
  kilobytes: z.int().optional().describe('of "size"'),
  isNot: z.boolean().optional(),
});
const givenRule = z.strictObject({
  name: z.string().min(1).max(100),
  match: z.enum(['all', 'any']).optional().describe('how many of the conditions; usually "all"'),
  conditions: z.array(givenCondition).max(maxConditions).describe('none: every message'),
  actions: z.array(z.strictObject(actionFields)).min(1).max(maxActions),
  isLast: z.boolean().optional().describe('no rule after it runs'),
  isDisabled: z.boolean().optional(),
});
const rule = z
  .object({
    id: z.string(),
    name: z.string(),
    conditions: z.number().describe('how many; what they look for is not told'),
    actions: z.array(z.object(actionFields)),
    isLast: z.boolean(),
    isDisabled: z.boolean(),
  })
  .meta({ id: 'Rule' });

const toAnswer = ({ conditions, ...rest }: Rule) => ({ ...rest, conditions: conditions.length });

/** Refusal 'not-found'. */
async function requireRule(accountId: string, wanted: string): Promise<Rule> {
  const found = (await listRules(accountId)).find((each) => each.id === wanted);
  if (found) return found;
  throw new Refusal('not-found', 'There is no such rule.');
}

const ruleEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users/{address}/rules',
    permission: 'users',
    title: 'List what rules of a user do to arriving mail',
    help: 'In the order in which they run.',
    parameters,
    answer: pageOf(rule),
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return wholeList((await listRules(id)).map(toAnswer));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/rules',
    permission: 'users',
    title: 'Add a rule for a user',
    help: 'At the end. The user is told of forwarding.',
    parameters,
    body: givenRule,
    answer: rule,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return toAnswer(await saveRule(id, body, null, staff.address));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}/rules/{id}',
    permission: 'users',
    title: 'Read what a rule of a user does',
    parameters: ofRow,
    answer: rule,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return toAnswer(await requireRule(id, parameters.id));
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/{address}/rules/{id}',
    permission: 'users',
    title: 'Change a rule of a user',
    help: 'The user is told of forwarding.',
    parameters: ofRow,
    body: givenRule.partial(),
    answer: rule,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      const known = await requireRule(id, parameters.id);
      return toAnswer(await saveRule(id, { ...known, ...body }, known.id, staff.address));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/rules/{id}/move',
    permission: 'users',
    title: 'Put a rule of a user at another place',
    parameters: ofRow,
    body: positions,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await moveRule(id, parameters.id, body.position, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}/rules/{id}',
    permission: 'users',
    title: 'Remove a rule of a user',
    parameters: ofRow,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await removeRule(id, parameters.id, staff.address);
    },
  }),
];

const texts = {
  isOn: z.boolean(),
  subject: z.string().max(200),
  text: z.string().max(10_000),
  intervalDays: z.int().min(1).max(30).describe('before somebody is told again'),
  audience: z.enum(audiences),
};
const vacation = z
  .object({ ...texts, startsAt: time.nullable(), endsAt: time.nullable() })
  .meta({ id: 'Vacation' });
const givenVacation = { startsAt: givenTime.nullable(), endsAt: givenTime.nullable() };

/** As saveVacation() takes it. */
const toGiven = ({ startsAt, endsAt, ...rest }: Vacation) => ({
  ...rest,
  startsAt: startsAt?.toISOString() ?? null,
  endsAt: endsAt?.toISOString() ?? null,
});

const vacationEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users/{address}/vacation',
    permission: 'users',
    title: 'Read what is answered while a user is away',
    parameters,
    answer: vacation,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return readVacation(id);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/{address}/vacation',
    permission: 'users',
    title: 'Change what is answered while a user is away',
    help: 'The user is told.',
    parameters,
    body: z.strictObject({ ...texts, ...givenVacation }).partial(),
    answer: vacation,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      const known = toGiven(await readVacation(id));
      return saveVacation(id, { ...known, ...body }, staff.address);
    },
  }),
];

const pop3 = z
  .object({
    folders: findSetting('pop3.folders').schema.nullable().describe('whose messages it shows'),
    deletion: findSetting('pop3.deletion')
      .schema.nullable()
      .describe('of messages that a program deletes'),
    marksSeen: z.boolean().nullable().describe('fetched messages count as read'),
  })
  .meta({ id: 'Pop3Choice' });
const names = ['folders', 'deletion', 'marksSeen'] as const;

async function readPop3(accountId: string) {
  const choice = await readPop3Choice(accountId);
  return Object.fromEntries(names.map((name) => [name, choice[`pop3.${name}`] ?? null]));
}

const pop3Endpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users/{address}/pop3',
    permission: 'users',
    title: 'Read what POP3 does for a user',
    help: 'null: as the settings have it. Which protocols are open is closedProtocols of the user.',
    parameters,
    answer: pop3,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return readPop3(id);
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/{address}/pop3',
    permission: 'users',
    title: 'Change what POP3 does for a user',
    help: 'null gives back to the settings.',
    parameters,
    body: z.strictObject(pop3.shape).partial(),
    answer: pop3,
    run: async ({ staff, parameters, body }) => {
      const user = await requirePerson(staff, parameters.address);
      const given = names.filter((name) => body[name] !== undefined);
      const change = given.map((name) => [`pop3.${name}`, body[name] ?? undefined]);
      await changePop3Choice(user, Object.fromEntries(change), staff.address);
      return readPop3(user.id);
    },
  }),
];

export const userMailEndpoints: Endpoint[] = [
  ...ruleEndpoints,
  ...vacationEndpoints,
  ...pop3Endpoints,
];

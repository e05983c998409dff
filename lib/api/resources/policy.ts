// Who may send through this server and how mail goes on: networks, access rules, relay rules, addresses that are blocked.
import { z } from 'zod';
import {
  accessActions,
  accessScopes,
  addAccessRule,
  listAccessRules,
  moveAccessRule,
  removeAccessRule,
  updateAccessRule,
} from '../../accounts/access-rule.ts';
import { blockKinds, listBlocks } from '../../accounts/block-list.ts';
import { addNetwork, listNetworks, removeNetwork, updateNetwork } from '../../accounts/network.ts';
import { liftBlock } from '../../accounts/throttle.ts';
import { askDaemon } from '../../control.ts';
import { Refusal } from '../../errors.ts';
import {
  addressFamilies,
  relayNumbers,
  relayTargets,
  relayTlsModes,
} from '../../queue/relay-check.ts';
import {
  addRelayRule,
  listRelayRules,
  moveRelayRule,
  removeRelayRule,
  updateRelayRule,
} from '../../queue/relay-rule.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  comment,
  cutPage,
  givenTime,
  id,
  pageOf,
  paging,
  positions,
  readCursor,
  time,
  wholeList,
  writeCursor,
} from '../fields.ts';

const ofRow = z.object({ id });

/** The row of that id. Refusal 'not-found'. */
function findRow<Row extends { id: string }>(rows: Row[], wanted: string, what: string): Row {
  const found = rows.find((row) => row.id === wanted);
  if (found) return found;
  throw new Refusal('not-found', `There is no such ${what}.`);
}

const toDate = (text: string | null | undefined) =>
  typeof text === 'string' ? new Date(text) : text;

const network = z
  .object({
    id: z.string(),
    cidr: z.string(),
    comment: z.string(),
    expiresAt: time.nullable().describe('trusted no more from then on; null: for ever'),
    createdAt: time,
  })
  .meta({ id: 'Network' });
const networkChange = { comment: comment.optional(), expiresAt: givenTime.nullable().optional() };

const networkEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/networks',
    permission: null,
    title: 'List trusted networks',
    query: z.strictObject(paging),
    answer: pageOf(network),
    isPaged: true,
    run: async ({ query }) => cutPage(await listNetworks(), ({ cidr }) => cidr, query),
  }),
  endpoint({
    method: 'POST',
    path: '/networks',
    permission: null,
    title: 'Trust a network',
    body: z.strictObject({ cidr: z.string().min(1).max(64), ...networkChange }),
    answer: network,
    run: ({ staff, body }) =>
      addNetwork({ ...body, expiresAt: toDate(body.expiresAt) }, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/networks/{id}',
    permission: null,
    title: 'Read a trusted network',
    parameters: ofRow,
    answer: network,
    run: async ({ parameters }) => findRow(await listNetworks(), parameters.id, 'network'),
  }),
  endpoint({
    method: 'PATCH',
    path: '/networks/{id}',
    permission: null,
    title: 'Change a trusted network',
    parameters: ofRow,
    body: z.strictObject(networkChange),
    answer: network,
    run: async ({ staff, parameters, body }) => {
      const { cidr } = findRow(await listNetworks(), parameters.id, 'network');
      return updateNetwork(cidr, { ...body, expiresAt: toDate(body.expiresAt) }, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/networks/{id}',
    permission: null,
    title: 'Trust a network no more',
    parameters: ofRow,
    run: async ({ staff, parameters }) => {
      const { cidr } = findRow(await listNetworks(), parameters.id, 'network');
      await removeNetwork(cidr, staff.address);
    },
  }),
];

const accessFields = {
  pattern: z.string().min(1).max(500),
  action: z.enum(accessActions),
  argument: z.string().max(320).describe('words of a refusal, or an address to redirect to'),
  comment,
  isDisabled: z.boolean(),
};
const accessRule = z
  .object({
    id: z.string(),
    scope: z.enum(accessScopes),
    position: z.number().describe('within its scope; the first that fits decides'),
    ...accessFields,
    createdAt: time,
  })
  .meta({ id: 'AccessRule' });
const given = z.strictObject(accessFields).partial();

const accessEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/access-rules',
    permission: null,
    title: 'List access rules',
    query: z.strictObject({ scope: z.enum(accessScopes).optional() }),
    answer: pageOf(accessRule),
    run: async ({ query }) => wholeList(await listAccessRules(query.scope)),
  }),
  endpoint({
    method: 'POST',
    path: '/access-rules',
    permission: null,
    title: 'Add an access rule at the end of its scope',
    body: given.extend({
      scope: z.enum(accessScopes),
      pattern: accessFields.pattern,
      action: accessFields.action,
    }),
    answer: accessRule,
    run: ({ staff, body }) => addAccessRule(body, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/access-rules/{id}',
    permission: null,
    title: 'Read an access rule',
    parameters: ofRow,
    answer: accessRule,
    run: async ({ parameters }) => findRow(await listAccessRules(), parameters.id, 'access rule'),
  }),
  endpoint({
    method: 'PATCH',
    path: '/access-rules/{id}',
    permission: null,
    title: 'Change an access rule',
    parameters: ofRow,
    body: given,
    answer: accessRule,
    run: ({ staff, parameters, body }) => updateAccessRule(parameters.id, body, staff.address),
  }),
  endpoint({
    method: 'POST',
    path: '/access-rules/{id}/move',
    permission: null,
    title: 'Put an access rule at another position',
    parameters: ofRow,
    body: positions,
    run: ({ staff, parameters, body }) =>
      moveAccessRule(parameters.id, body.position, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/access-rules/{id}',
    permission: null,
    title: 'Remove an access rule',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeAccessRule(parameters.id, staff.address),
  }),
];

const words = z.string().max(4000);
const line = z.string().max(500);
const relayNumberFields = Object.fromEntries(
  Object.entries(relayNumbers).map(([name, { min, max }]) => [
    name,
    z.int().min(min).max(max).nullable(),
  ]),
) as Record<keyof typeof relayNumbers, z.ZodNullable<z.ZodInt>>;
const relayFields = {
  recipient: words.describe('patterns, blanks between; empty: whatever it is'),
  sender: words,
  user: words,
  target: z.enum(relayTargets),
  hosts: words,
  fallbackHosts: words,
  fallbackAfter: z.int().min(0).max(1000),
  tlsMode: z.enum(relayTlsModes),
  username: line,
  sourceIpv4: line,
  sourceIpv6: line,
  helo: line,
  family: z.enum(['', ...addressFamilies]),
  ...relayNumberFields,
  text: line.describe('of mail that the rule returns'),
  comment,
};
const relayRule = z
  .object({
    id: z.string(),
    position: z.number().describe('the first that fits decides'),
    ...relayFields,
    fallbackAfter: z.number(),
    hasPassword: z.boolean(),
  })
  .meta({ id: 'RelayRule' });
const givenRelay = z.strictObject({ ...relayFields, password: line }).partial();
const route = z
  .object({
    kind: z.string(),
    text: z.string(),
    rule: z.object({ id: z.string(), position: z.number(), conditions: z.string() }).nullable(),
    hosts: z.array(
      z.object({ host: z.string(), address: z.string(), port: z.number(), tls: z.string() }),
    ),
    failure: z.string(),
  })
  .meta({ id: 'Route' });

const relayEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/relay-rules',
    permission: null,
    title: 'List relay rules in their order',
    answer: pageOf(relayRule),
    run: async () => wholeList(await listRelayRules()),
  }),
  endpoint({
    method: 'POST',
    path: '/relay-rules',
    permission: null,
    title: 'Add a relay rule',
    body: givenRelay.extend({ position: z.int().min(1).max(100_000).optional() }),
    answer: relayRule,
    run: ({ staff, body: { position, ...rule } }) => addRelayRule(rule, staff.address, position),
  }),
  endpoint({
    method: 'POST',
    path: '/relay-rules/test',
    permission: null,
    title: 'Ask where a mail would go now',
    body: z.strictObject({
      sender: z.string().max(320).default(''),
      recipient: z.string().max(320),
      user: z.string().max(320).default(''),
    }),
    answer: route,
    isQuestion: true,
    run: ({ body }) => askDaemon('explain-route', body),
  }),
  endpoint({
    method: 'GET',
    path: '/relay-rules/{id}',
    permission: null,
    title: 'Read a relay rule',
    parameters: ofRow,
    answer: relayRule,
    run: async ({ parameters }) => findRow(await listRelayRules(), parameters.id, 'relay rule'),
  }),
  endpoint({
    method: 'PATCH',
    path: '/relay-rules/{id}',
    permission: null,
    title: 'Change a relay rule',
    help: 'Without a password the stored one stays.',
    parameters: ofRow,
    body: givenRelay,
    answer: relayRule,
    run: ({ staff, parameters, body }) => updateRelayRule(parameters.id, body, staff.address),
  }),
  endpoint({
    method: 'POST',
    path: '/relay-rules/{id}/move',
    permission: null,
    title: 'Put a relay rule at another position',
    parameters: ofRow,
    body: positions,
    run: ({ staff, parameters, body }) =>
      moveRelayRule(parameters.id, body.position, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/relay-rules/{id}',
    permission: null,
    title: 'Remove a relay rule',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeRelayRule(parameters.id, staff.address),
  }),
];

const block = z
  .object({
    id: z.string(),
    kind: z.enum(blockKinds),
    subject: z.string(),
    failures: z.number(),
    startedAt: time,
    until: time,
  })
  .meta({ id: 'Block' });

const blockEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/blocked',
    permission: null,
    title: 'List who may not sign in for a while',
    answer: pageOf(block),
    isPaged: true,
    run: async () => {
      const blocks = await listBlocks();
      // Networks have a slash, which is for the path.
      return wholeList(blocks.map((each) => ({ ...each, id: writeCursor(each.id) })));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/blocked/{id}',
    permission: null,
    title: 'Let sign in again',
    parameters: z.object({ id: z.string().min(1).max(600) }),
    run: async ({ staff, parameters }) => {
      const lifted = await liftBlock(readCursor(parameters.id), staff.address);
      if (lifted.length === 0) throw new Refusal('not-found', 'This is not blocked.');
    },
  }),
];

export const policyEndpoints: Endpoint[] = [
  ...networkEndpoints,
  ...accessEndpoints,
  ...relayEndpoints,
  ...blockEndpoints,
];

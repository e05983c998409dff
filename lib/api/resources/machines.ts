// What is for machines themselves: tokens and webhooks; and how the server is.
import { z } from 'zod';
import {
  listApiTokens,
  readApiToken,
  removeApiToken,
  tokenRoles,
} from '../../accounts/api-token.ts';
import { isSetUp } from '../../accounts/setup.ts';
import { colours, readHealth } from '../../numbers/health/index.ts';
import { listJobRuns } from '../../numbers/job-run.ts';
import { hookEventNames } from '../../trail/outbox.ts';
import { testWebhook } from '../../webhooks/send.ts';
import {
  addWebhook,
  countWaiting,
  listWebhooks,
  readWebhook,
  removeWebhook,
  renewHookSecret,
  shortenAddress,
  updateWebhook,
  type Webhook,
} from '../../webhooks/webhook.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { domainName, id, pageOf, time, wholeList } from '../fields.ts';

const token = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(tokenRoles),
    domains: z.array(z.string()),
    networks: z.array(z.string()).describe('empty: from anywhere'),
    isReadOnly: z.boolean(),
    isAlive: z.boolean().describe('false: past its end, or its maker has lost the rights'),
    madeBy: z.string(),
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    lastRemote: z.string(),
    createdAt: time,
  })
  .meta({ id: 'Token' });
const ofRow = z.object({ id });
const part = z
  .object({
    name: z.string(),
    title: z.string(),
    colour: z.enum(colours),
    text: z.string().describe('how it is'),
    todo: z.string().describe('what to do; empty where it is well'),
    href: z.string().describe('the page of the panel'),
  })
  .meta({ id: 'HealthPart' });

const tokenEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/tokens',
    permission: null,
    title: 'List tokens',
    help: 'People make them, in the panel or by `npx drey tokens add`: no token makes another one.',
    answer: pageOf(token),
    isPaged: true,
    run: async () => wholeList(await listApiTokens()),
  }),
  endpoint({
    method: 'GET',
    path: '/tokens/{id}',
    permission: null,
    title: 'Read a token',
    parameters: ofRow,
    answer: token,
    run: ({ parameters }) => readApiToken(parameters.id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/tokens/{id}',
    permission: null,
    title: 'Take a token away',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeApiToken(parameters.id, staff.address),
  }),
];

const hookEvents = z.array(z.enum(hookEventNames)).min(1);
const webhook = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string().describe('for a token that only reads no more than its host'),
    events: hookEvents,
    domains: z.array(z.string()).describe('empty: of all domains, and of the server'),
    isDisabled: z.boolean(),
    failures: z.number().describe('attempts in vain of the event that is first'),
    failingSince: time.nullable(),
    nextAt: time.nullable(),
    createdAt: time,
  })
  .meta({ id: 'Webhook' });
const answer = z
  .object({
    at: time,
    event: z.string(),
    status: z.number().describe('0: there was no answer'),
    problem: z.string().describe('empty: it took the event'),
    tookMs: z.number(),
  })
  .meta({ id: 'WebhookAnswer' });
const secret = z.string().describe('told this once');
const hookFields = {
  name: z.string().min(1).max(80),
  url: z.string().min(1).max(2000),
  events: hookEvents,
  domains: z.array(domainName).max(1000),
};

/** A key may stand in the address. */
function show(hook: Webhook, { isReadOnly }: { isReadOnly?: boolean }): Webhook {
  return isReadOnly ? { ...hook, url: shortenAddress(hook.url) } : hook;
}

const webhookEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/webhooks',
    permission: null,
    title: 'List webhooks',
    answer: pageOf(webhook),
    isPaged: true,
    run: async ({ staff }) => wholeList((await listWebhooks()).map((hook) => show(hook, staff))),
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks',
    permission: null,
    title: 'Add a webhook',
    body: z.strictObject({ ...hookFields, domains: hookFields.domains.optional() }),
    answer: webhook.extend({ secret }),
    run: async ({ staff, body }) => {
      const { webhook, secret } = await addWebhook(body, staff.address);
      return { ...webhook, secret };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/webhooks/{id}',
    permission: null,
    title: 'Read a webhook',
    parameters: ofRow,
    answer: webhook,
    run: async ({ staff, parameters }) => show(await readWebhook(parameters.id), staff),
  }),
  endpoint({
    method: 'PATCH',
    path: '/webhooks/{id}',
    permission: null,
    title: 'Change a webhook',
    help: 'Disabling drops what waits for it.',
    parameters: ofRow,
    body: z.strictObject({ ...hookFields, isDisabled: z.boolean() }).partial(),
    answer: webhook,
    run: ({ staff, parameters, body }) => updateWebhook(parameters.id, body, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/webhooks/{id}',
    permission: null,
    title: 'Remove a webhook',
    parameters: ofRow,
    run: ({ staff, parameters }) => removeWebhook(parameters.id, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/webhooks/{id}/answers',
    permission: null,
    title: 'Read the last answers to a webhook, and how much waits',
    parameters: ofRow,
    answer: z.object({ waiting: z.number(), answers: z.array(answer) }),
    isPaged: true,
    run: async ({ parameters }) => {
      const { id, answers } = await readWebhook(parameters.id);
      return { waiting: (await countWaiting()).get(id) ?? 0, answers };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks/{id}/secret',
    permission: null,
    title: 'Give a webhook another secret',
    parameters: ofRow,
    body: z.strictObject({}),
    answer: z.object({ secret }),
    run: async ({ staff, parameters }) => ({
      secret: await renewHookSecret(parameters.id, staff.address),
    }),
  }),
  endpoint({
    method: 'POST',
    path: '/webhooks/{id}/test',
    permission: null,
    title: 'Send a test to a webhook now',
    parameters: ofRow,
    body: z.strictObject({}),
    answer,
    isQuestion: true,
    isOutward: true,
    run: ({ parameters }) => testWebhook(parameters.id),
  }),
];

const stateEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/jobs',
    permission: null,
    title: 'List the last runs of the timed jobs',
    answer: pageOf(
      z.object({
        node: z.string(),
        name: z.string(),
        startedAt: time,
        tookMs: z.number(),
        isGood: z.boolean(),
        result: z.string(),
        error: z.string(),
        nextAt: time,
        runs: z.number(),
        failures: z.number(),
      }),
    ),
    isPaged: true,
    run: async () => wholeList(await listJobRuns()),
  }),
  endpoint({
    method: 'GET',
    path: '/health',
    permission: 'overview',
    title: 'See whether the database answers, and how each part is',
    help: 'The parts are for super admins, as on the page Health.',
    answer: z.object({
      isReady: z.boolean(),
      parts: z.array(part).optional(),
    }),
    isPaged: true,
    run: async ({ staff }) => ({
      isReady: await isSetUp(),
      ...(staff.scope === 'all' ? { parts: await readHealth() } : {}),
    }),
  }),
];

export const machineEndpoints: Endpoint[] = [
  ...tokenEndpoints,
  ...webhookEndpoints,
  ...stateEndpoints,
];

// Mail on its way and what became of it: queue, events, "what would happen", reports of others.
import { z } from 'zod';
import { idsOf, namesOf } from '../../accounts/staff.ts';
import { askDaemon } from '../../control.ts';
import { Refusal } from '../../errors.ts';
import {
  bounceEntry,
  countQueue,
  dropEntry,
  holdEntry,
  listQueue,
  releaseEntry,
  retryEntry,
} from '../../queue/entries.ts';
import { requireEntryOf, requireRetryable } from '../../queue/own-entry.ts';
import { listDmarcDomains, listDmarcSources } from '../../reports/dmarc.ts';
import { listInboundTls } from '../../reports/tls.ts';
import { listEvents } from '../../trail/list.ts';
import { hookEventOf } from '../../trail/outbox.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  domainName,
  givenTime,
  id,
  pageOf,
  paging,
  readCursor,
  time,
  wholeList,
  writeCursor,
} from '../fields.ts';

const entry = z
  .object({
    id: z.string(),
    messageId: z.string().describe('of the queue, the same for all recipients of a message'),
    traceId: z.string(),
    sender: z.string(),
    recipient: z.string(),
    subject: z.string(),
    sizeBytes: z.number(),
    state: z.enum(['queued', 'held', 'sending']),
    holdReason: z.string(),
    attempts: z.number(),
    createdAt: time,
    nextAttemptAt: time,
    releaseAt: time.nullable(),
    lastCode: z.number(),
    lastText: z.string().describe('what the other side said last'),
    lastHost: z.string(),
  })
  .meta({ id: 'QueueEntry' });
const ofEntry = z.object({ id });

const queueEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/queue',
    permission: 'queue',
    title: 'List recipients in the queue, newest first',
    query: z.strictObject({
      ...paging,
      search: z.string().max(300).optional(),
      domain: domainName.optional().describe('of the recipient'),
      state: z.enum(['queued', 'held', 'sending']).optional(),
    }),
    answer: pageOf(entry),
    isPaged: true,
    run: async ({ staff, query: { limit, cursor, ...filter } }) => {
      const before = cursor === undefined ? undefined : readPlace(cursor);
      const where = { ...filter, before, domainIds: idsOf(staff.scope) };
      const { rows } = await listQueue({ ...where, pageSize: limit + 1 });
      return cutNewest(rows, limit, ({ createdAt }) => createdAt);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/queue/counts',
    permission: null,
    title: 'Count recipients by state',
    answer: z.object({ queued: z.number(), held: z.number(), sending: z.number() }),
    isPaged: true,
    run: () => countQueue(),
  }),
  endpoint({
    method: 'GET',
    path: '/queue/{id}',
    permission: 'queue',
    title: 'Read a recipient in the queue',
    parameters: ofEntry,
    answer: entry,
    run: ({ staff, parameters }) => requireEntryOf(staff, parameters.id),
  }),
  endpoint({
    method: 'POST',
    path: '/queue/{id}/retry',
    permission: 'queue',
    title: 'Try a recipient now',
    parameters: ofEntry,
    body: z.strictObject({}),
    run: async ({ staff, parameters }) => {
      await requireRetryable(staff, parameters.id);
      await retryEntry(parameters.id, staff.address);
    },
  }),
  ...(
    [
      ['hold', 'Hold a recipient', holdEntry],
      ['release', 'Let a held recipient go', releaseEntry],
      ['bounce', 'Send a mail back to its sender', bounceEntry],
    ] as const
  ).map(([verb, title, change]) =>
    endpoint({
      method: 'POST',
      path: `/queue/{id}/${verb}`,
      permission: null,
      title,
      parameters: ofEntry,
      body: z.strictObject({}),
      run: ({ staff, parameters }) => change(parameters.id, staff.address),
    }),
  ),
  endpoint({
    method: 'DELETE',
    path: '/queue/{id}',
    permission: null,
    title: 'Drop a recipient, without a word to the sender',
    parameters: ofEntry,
    run: ({ staff, parameters }) => dropEntry(parameters.id, staff.address),
  }),
];

/** What a list has that begins with the newest: a place is a time and an id. */
function cutNewest<Row extends { id: string }>(
  rows: Row[],
  limit: number,
  timeOf: (row: Row) => Date,
) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last;
  return { items, next: hasMore ? writeCursor(`${timeOf(last).toISOString()} ${last.id}`) : null };
}

/** Refusal 'invalid'. */
function readPlace(cursor: string): { at: Date; id: string } {
  const [text = '', id = ''] = readCursor(cursor).split(' ');
  const at = new Date(text);
  if (id !== '' && !Number.isNaN(at.getTime())) return { at, id };
  throw new Refusal('invalid', 'This is no cursor of this list.', 'cursor');
}

const event = z
  .object({
    id: z.string(),
    at: time,
    kind: z.string(),
    traceId: z.string().describe('the same for all events of a message'),
    messageId: z.string(),
    sender: z.string().describe('of a change: who made it'),
    recipient: z.string().describe('of a change: what was changed'),
    remote: z.string(),
    reason: z.string(),
    text: z.string(),
    hookEvent: z.string().nullable().describe('as what webhooks tell it'),
  })
  .meta({ id: 'Event' });

const eventEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/events',
    permission: 'trail',
    title: 'List events of mail, sign-ins and changes, newest first',
    query: z.strictObject({
      ...paging,
      search: z.string().max(300).optional().describe('or a Message-ID or queue id'),
      kind: z.string().max(40).optional(),
      traceId: z.string().max(64).optional(),
      from: givenTime.optional(),
      until: givenTime.optional(),
    }),
    answer: pageOf(event),
    isPaged: true,
    run: async ({ staff, query: { limit, cursor, from, until, ...filter } }) => {
      const rows = await listEvents({
        ...filter,
        from: from === undefined ? undefined : new Date(from),
        until: until === undefined ? undefined : new Date(until),
        domains: namesOf(staff.scope),
        before: cursor === undefined ? undefined : readPlace(cursor),
        pageSize: limit + 1,
      });
      const named = rows.map((row) => ({ ...row, hookEvent: hookEventOf(row.kind) }));
      return cutNewest(named, limit, ({ at }) => at);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/explain',
    permission: null,
    title: 'Ask what would happen to a mail, and why',
    body: z.strictObject({
      client: z.union([z.ipv4(), z.ipv6()]).describe('address of the client'),
      helo: z.string().max(255).optional(),
      from: z.string().max(320).default(''),
      to: z.array(z.string().min(1).max(320)).min(1).max(20),
      user: z.string().max(320).default('').describe('who has signed in'),
      message: z.base64().max(7_000_000).default('').describe('the message in base64'),
    }),
    answer: z.object({
      steps: z.array(
        z.object({
          stage: z.string(),
          check: z.string(),
          outcome: z.string(),
          reason: z.string(),
          note: z.string(),
        }),
      ),
      refusal: z
        .object({
          stage: z.string(),
          code: z.number(),
          enhanced: z.string(),
          text: z.string(),
        })
        .nullable(),
      ends: z.array(z.object({ recipient: z.string(), kind: z.string(), text: z.string() })),
      isJunk: z.boolean(),
      fields: z.array(z.string()),
    }),
    isQuestion: true,
    maxBodyBytes: 8 * 1024 * 1024,
    run: ({ body }) => askDaemon('explain', body),
  }),
];

const span = {
  domain: domainName.optional(),
  days: z.coerce.number().int().min(1).max(3650).default(30),
};

const reportEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/reports/dmarc/domains',
    permission: null,
    title: 'What others report of mail in the name of domains here',
    query: z.strictObject({ days: span.days }),
    answer: pageOf(
      z.object({
        domain: z.string(),
        reports: z.number(),
        messages: z.number(),
        passed: z.number(),
        policy: z.string(),
      }),
    ),
    isPaged: true,
    run: async ({ query }) => wholeList(await listDmarcDomains(query)),
  }),
  endpoint({
    method: 'GET',
    path: '/reports/dmarc/sources',
    permission: null,
    title: 'Who sends in the name of domains here, as others report it',
    query: z.strictObject(span),
    answer: pageOf(
      z.object({
        source: z.string(),
        headerFrom: z.string(),
        messages: z.number(),
        passed: z.number(),
        dkimPassed: z.number(),
        spfPassed: z.number(),
        stopped: z.number(),
      }),
    ),
    isPaged: true,
    run: async ({ query }) => wholeList(await listDmarcSources(query)),
  }),
  endpoint({
    method: 'GET',
    path: '/reports/tls',
    permission: null,
    title: 'What others report of their TLS connections to this server',
    query: z.strictObject(span),
    answer: pageOf(
      z.object({
        domain: z.string(),
        successes: z.number(),
        failures: z.number(),
        policyTypes: z.array(z.string()),
        organizations: z.array(z.string()),
        faults: z.array(z.object({ result: z.string(), host: z.string(), count: z.number() })),
      }),
    ),
    isPaged: true,
    run: async ({ query }) => wholeList(await listInboundTls(query)),
  }),
];

export const mailEndpoints: Endpoint[] = [...queueEndpoints, ...eventEndpoints, ...reportEndpoints];

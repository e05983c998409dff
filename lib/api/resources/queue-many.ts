// The queue in the large: one thing done to all that a filter finds, destinations that nothing is sent to for now or that go another
// way, and addresses that are not written to any more.
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { toAsciiDomain } from '../../mail/address.ts';
import { bulkActions, changeMatching, countMatching } from '../../queue/bulk.ts';
import { addPause, listPauses, removePause } from '../../queue/pause.ts';
import { rerouteDomain } from '../../queue/reroute.ts';
import { findSuppressed, listSuppressedAfter, removeSuppressed } from '../../queue/suppression.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  address,
  domainName,
  givenTime,
  pageOf,
  paging,
  readCursor,
  time,
  wholeList,
  writeCursor,
} from '../fields.ts';

const filter = z.strictObject({
  search: z.string().max(300).optional().describe('in sender, recipient or subject'),
  domain: domainName.optional().describe('of the recipient'),
  sender: z.string().max(320).optional().describe('a part of it; "<>": reports'),
  state: z.enum(['queued', 'held', 'sending']).optional(),
  holdReason: z.enum(['admin', 'rule', 'burst']).optional(),
  minAgeHours: z.number().min(0).max(10_000).optional(),
  reply: z.string().max(300).optional().describe('in what the other side said last'),
});
const pause = z
  .object({
    destination: z.string().describe('a domain, or "*" for the whole queue'),
    reason: z.string(),
    by: z.string(),
    until: time.nullable().describe('null: until it is removed'),
    createdAt: time,
  })
  .meta({ id: 'Pause' });
const suppressed = z
  .object({
    address: z.string(),
    lastCode: z.number().describe('of the other server'),
    lastText: z.string().describe('what it said'),
    failures: z.number(),
    expiresAt: time,
    createdAt: time,
  })
  .meta({ id: 'SuppressedAddress' });
const ofAddress = z.object({ address });
const parameters = z.object({ destination: z.string().min(1).max(260) });

async function requirePause(wanted: string) {
  const name = toAsciiDomain(wanted) ?? wanted;
  const found = (await listPauses()).find(({ destination }) => destination === name);
  if (found) return found;
  throw new Refusal('not-found', 'This destination is not paused.');
}

export const queueManyEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/queue/bulk',
    permission: null,
    title: 'Do one thing to all recipients that a filter finds',
    help: 'An empty filter finds all. At most 10,000 a call, oldest first; what is being tried stays.',
    body: z.strictObject({ action: z.enum(bulkActions), filter }),
    answer: z.object({
      matching: z.number().describe('recipients that the action fits'),
      done: z.number(),
    }),
    isSlow: true,
    triesItself: true,
    run: async ({ staff, body: { action, filter }, isDryRun }) => {
      const matching = await countMatching(filter, action);
      const done = isDryRun ? 0 : await changeMatching(filter, action, staff.address);
      return { matching, done };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/queue/pauses',
    permission: null,
    title: 'List destinations that nothing is sent to for now',
    answer: pageOf(pause),
    run: async () => wholeList(await listPauses()),
  }),
  endpoint({
    method: 'GET',
    path: '/queue/pauses/{destination}',
    permission: null,
    title: 'Read a pause',
    parameters,
    answer: pause,
    run: ({ parameters }) => requirePause(parameters.destination),
  }),
  endpoint({
    method: 'PUT',
    path: '/queue/pauses/{destination}',
    permission: null,
    title: 'Send nothing to a domain, or with "*" to anybody, for now',
    parameters,
    body: z.strictObject({
      reason: z.string().max(200).default(''),
      until: givenTime.nullable().default(null),
    }),
    answer: pause,
    run: async ({ staff, parameters: { destination }, body: { reason, until } }) => {
      const end = until === null ? null : new Date(until);
      await addPause({ destination, reason, until: end }, staff.address);
      return requirePause(destination);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/queue/pauses/{destination}',
    permission: null,
    title: 'Send there again',
    parameters,
    run: ({ staff, parameters }) => removePause(parameters.destination, staff.address),
  }),
  endpoint({
    method: 'POST',
    path: '/queue/reroutes',
    permission: null,
    title: 'Send what waits for a domain, and its next mails, to another host',
    help: 'As the first of the relay rules, which undoes it when it is removed.',
    body: z.strictObject({
      domain: domainName,
      host: z.string().max(300).default('').describe('"name:port"; empty: by MX, past all rules'),
    }),
    answer: z.object({ retried: z.number().describe('recipients that are tried at once') }),
    isSlow: true,
    triesItself: true,
    run: async ({ staff, body: { domain, host }, isDryRun }) => {
      const filter = { domain, state: 'queued' as const };
      if (isDryRun) return { retried: await countMatching(filter, 'retry') };
      return { retried: await rerouteDomain(domain, host, staff.address) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/queue/suppressed',
    permission: null,
    title: 'List addresses outside that are unknown for good, and not written to',
    query: z.strictObject(paging),
    answer: pageOf(suppressed),
    isPaged: true,
    run: async ({ query: { limit, cursor } }) => {
      const rows = await listSuppressedAfter(cursor ? readCursor(cursor) : '', limit + 1);
      const items = rows.slice(0, limit);
      const next = rows.length > limit ? writeCursor(items.at(-1)?.address ?? '') : null;
      return { items, next };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/queue/suppressed/{address}',
    permission: null,
    title: 'Read why an address is not written to',
    parameters: ofAddress,
    answer: suppressed,
    run: async ({ parameters: { address } }) => {
      const found = (await findSuppressed([address])).get(address);
      if (found) return found;
      throw new Refusal('not-found', 'This address is not on the list.');
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/queue/suppressed/{address}',
    permission: null,
    title: 'Let mail go to an address again',
    parameters: ofAddress,
    run: ({ staff, parameters }) => removeSuppressed(parameters.address, staff.address),
  }),
];

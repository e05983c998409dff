// Numbers over time: those that the panel plots, and the mail of domains.
import { z } from 'zod';
import { namesOf, requireDomainOf } from '../../accounts/staff.ts';
import {
  domainHoursKept,
  listDomainMail,
  readDomainDays,
  readDomainHours,
} from '../../numbers/domain-mail.ts';
import { findRange, ranges, readTimeline } from '../../numbers/timeline.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { domainName, mostItems, pageOf, time, wholeList } from '../fields.ts';

const days = z.coerce.number().int().min(1).max(3650).default(30).describe('in UTC, with today');
const mail = {
  externalIn: z.number().describe('from outside'),
  externalOut: z.number().describe('to outside'),
  internal: z.number().describe('within this server'),
};

export const numberEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/statistics',
    permission: null,
    title: 'Read numbers over time, of all nodes together',
    help: 'A counter has one number a point; a state the mean, or null where nobody looked.',
    query: z.strictObject({
      range: z.enum(ranges.map(({ name }) => name)).default('24h'),
      name: z.string().max(80).default('').describe('only those that begin so, as "rejected."'),
    }),
    answer: z.object({
      stepSeconds: z.number().describe('between two points'),
      at: z.array(time).describe('the beginning of each point'),
      counts: z.record(z.string(), z.array(z.number())),
      states: z.record(z.string(), z.array(z.number().nullable())),
    }),
    isPaged: true,
    run: async ({ query }) => {
      const { names, stepSeconds, at, ...timeline } = await readTimeline(findRange(query.range));
      const series = <T>(all: string[], read: (name: string) => T) =>
        Object.fromEntries(
          all.filter((name) => name.startsWith(query.name)).map((name) => [name, read(name)]),
        );
      return {
        ...{ stepSeconds, at },
        counts: series(names.counts, timeline.counts),
        states: series(names.states, timeline.states),
      };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/statistics/domains',
    permission: 'overview',
    title: 'Sum the mail of each domain, most first',
    help: `At most ${mostItems} domains.`,
    query: z.strictObject({ days }),
    answer: pageOf(z.object({ domain: z.string(), ...mail })),
    isPaged: true,
    run: async ({ staff, query }) =>
      wholeList(await listDomainMail(query.days, mostItems, namesOf(staff.scope))),
  }),
  endpoint({
    method: 'GET',
    path: '/statistics/domains/{domain}',
    permission: 'overview',
    title: 'Read the mail of a domain by day, or by hour',
    help: `Hours are kept for ${domainHoursKept / 24} days.`,
    parameters: z.object({ domain: domainName }),
    query: z.strictObject({ days, by: z.enum(['day', 'hour']).default('day') }),
    answer: pageOf(z.object({ at: time, ...mail })),
    isPaged: true,
    run: async ({ staff, parameters, query }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return wholeList(
        query.by === 'day'
          ? await readDomainDays(name, query.days)
          : await readDomainHours(name, Math.min(query.days * 24, domainHoursKept)),
      );
    },
  }),
];

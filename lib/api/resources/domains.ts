// Domains: what they are, their signing keys, footer and records in the DNS.
import { z } from 'zod';
import {
  activateDkimKeys,
  createDkimKeys,
  listDkimKeys,
  removeDkimKey,
  retireDkimKey,
} from '../../accounts/dkim-key.ts';
import type { RecordVerdict } from '../../accounts/dkim-record.ts';
import { addDomain, elsewheres, removeDomain, updateDomain } from '../../accounts/domain.ts';
import { listDomains, readDomains } from '../../accounts/domain-list.ts';
import { findFooter, writeFooter } from '../../accounts/footer.ts';
import { idsOf, requireDomainOf } from '../../accounts/staff.ts';
import { askDaemon } from '../../control.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  comment,
  cutPage,
  domainName,
  limitBytes,
  limitCount,
  pageOf,
  paging,
  time,
  wholeList,
} from '../fields.ts';

const domain = z
  .object({
    name: z.string().describe('lower case, A-labels'),
    comment: z.string(),
    isDisabled: z.boolean().describe('receives no mail; its users still sign in'),
    aliasOf: z.string().describe('the domain whose addresses this one has as well; empty: none'),
    archive: z.string().describe('gets a copy of all mail to and from the domain; empty: nobody'),
    elsewhere: z.enum(['', ...elsewheres]).describe('whose mail goes on to another server'),
    quotaBytes: z.number(),
    quotaMessages: z.number(),
    maxUsers: z.number(),
    maxAliases: z.number(),
    createdAt: time,
  })
  .meta({ id: 'Domain' });
const most = z.int().min(0).max(1_000_000_000);
const policy = {
  comment: comment.optional(),
  aliasOf: z.string().max(253).optional(),
  archive: z.string().max(320).optional(),
  elsewhere: z.enum(['', ...elsewheres]).optional(),
  quotaBytes: limitBytes.optional(),
  quotaMessages: limitCount.optional(),
  maxUsers: most.describe('users; 0: no limit').optional(),
  maxAliases: most.describe('aliases; 0: no limit').optional(),
};
const key = z
  .object({
    selector: z.string(),
    algorithm: z.enum(['rsa', 'ed25519']),
    state: z.enum(['new', 'active', 'old']),
    record: z.object({ name: z.string(), value: z.string() }).describe('what the DNS should say'),
    createdAt: time,
    activeAt: time.nullable(),
    retiredAt: time.nullable(),
    mayGoAt: time.nullable().describe('of an old key: from then on its record may go'),
  })
  .meta({ id: 'SigningKey' });
const usage = z
  .object({
    accounts: z.number(),
    aliases: z.number(),
    usedBytes: z.number(),
    usedMessages: z.number(),
  })
  .meta({ id: 'DomainUsage' });
const footer = {
  text: z.string().max(10_000).describe('empty, and the HTML too: no footer'),
  html: z.string().max(50_000).describe('empty: made of the text'),
  for: z.enum(['outside', 'everyone']).describe('whose mail gets it'),
};
const checked = z
  .object({
    kind: z.string(),
    need: z.enum(['must', 'should', 'may']),
    type: z.string(),
    name: z.string(),
    value: z.string().describe('what it should say'),
    found: z.array(z.string()),
    state: z.string().describe('the verdict'),
    text: z.string(),
    purpose: z.string(),
  })
  .meta({ id: 'DnsRecord' });
const parameters = z.object({ domain: domainName });
const ofKey = parameters.extend({ selector: z.string().min(1).max(63) });

export const domainEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/domains',
    permission: 'domains',
    title: 'List domains',
    query: z.strictObject(paging),
    answer: pageOf(domain),
    isPaged: true,
    run: async ({ staff, query }) =>
      cutPage(await readDomains(idsOf(staff.scope)), ({ name }) => name, query),
  }),
  endpoint({
    method: 'POST',
    path: '/domains',
    permission: null,
    title: 'Add a domain',
    body: z.strictObject({ name: domainName, ...policy }),
    answer: domain,
    run: ({ staff, body }) => addDomain(body, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/domains/{domain}',
    permission: 'domains',
    title: 'Read a domain',
    parameters,
    answer: domain,
    run: ({ staff, parameters }) => requireDomainOf(staff, parameters.domain),
  }),
  endpoint({
    method: 'PATCH',
    path: '/domains/{domain}',
    permission: null,
    title: 'Change a domain',
    parameters,
    body: z.strictObject({ ...policy, isDisabled: z.boolean().optional() }),
    answer: domain,
    run: ({ staff, parameters, body }) => updateDomain(parameters.domain, body, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/domains/{domain}',
    permission: null,
    title: 'Remove an empty domain',
    parameters,
    run: ({ staff, parameters }) => removeDomain(parameters.domain, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/domains/{domain}/usage',
    permission: 'domains',
    title: 'Read what a domain uses',
    parameters,
    answer: usage,
    run: async ({ staff, parameters }) => {
      const { id } = await requireDomainOf(staff, parameters.domain);
      return (await listDomains([id]))[0];
    },
  }),
  endpoint({
    method: 'GET',
    path: '/domains/{domain}/dns',
    permission: 'domains',
    title: 'Compare the DNS with what it should say',
    help: 'Asks the DNS now.',
    parameters,
    answer: pageOf(checked),
    isPaged: true,
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return wholeList(await askDaemon<object[]>('domain-check', { domain: name }));
    },
  }),
  endpoint({
    method: 'GET',
    path: '/domains/{domain}/dkim',
    permission: 'domains',
    title: 'List the signing keys of a domain',
    parameters,
    answer: pageOf(key),
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return wholeList(await listDkimKeys(name));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/domains/{domain}/dkim',
    permission: 'domains',
    title: 'Make a pair of signing keys',
    help: 'They sign nothing before they are activated.',
    parameters,
    body: z.strictObject({}),
    answer: pageOf(key),
    isSlow: true,
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return wholeList(await createDkimKeys(name, staff.address));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/domains/{domain}/dkim/activate',
    permission: 'domains',
    title: 'Let new keys sign',
    help: 'Looks their records up first, and refuses where one is not right.',
    parameters,
    body: z.strictObject({
      selector: z.string().min(1).max(63).optional().describe('without: all new keys'),
    }),
    answer: z.object({ selectors: z.array(z.string()) }),
    prepare: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return askDaemon<Record<string, RecordVerdict>>('dkim-check', { domain: name });
    },
    run: async ({ staff, parameters, body, prepared }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      const verdicts = new Map(Object.entries(prepared));
      const by = staff.address;
      return { selectors: await activateDkimKeys(name, body.selector ?? null, verdicts, by) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/domains/{domain}/dkim/{selector}/retire',
    permission: 'domains',
    title: 'Stop signing with a key',
    parameters: ofKey,
    body: z.strictObject({}),
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      await retireDkimKey(name, parameters.selector, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/domains/{domain}/dkim/{selector}',
    permission: 'domains',
    title: 'Forget a key that does not sign',
    parameters: ofKey,
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      await removeDkimKey(name, parameters.selector, staff.address);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/domains/{domain}/footer',
    permission: 'domains',
    title: 'Read the footer of a domain',
    parameters,
    answer: z.object(footer),
    run: async ({ staff, parameters }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      return (await findFooter(name)) ?? { text: '', html: '', for: 'outside' };
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/domains/{domain}/footer',
    permission: 'domains',
    title: 'Set the footer of a domain',
    parameters,
    body: z.strictObject(footer),
    run: async ({ staff, parameters, body }) => {
      const { name } = await requireDomainOf(staff, parameters.domain);
      await writeFooter(name, body, staff.address);
    },
  }),
];

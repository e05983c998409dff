// Many things from lines of text: users, and tables of other servers.
import { z } from 'zod';
import { runBatch } from '../../accounts/batch-users.ts';
import { rewriteScopes } from '../../accounts/rewrite.ts';
import { applyImport, importKinds, planImport } from '../../queue/import-map.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';

const text = z.string().max(2_000_000);
const domain = z.string().max(253).default('').describe('of names without one');
const maxBodyBytes = 8 * 1024 * 1024;

export const manyLinesEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/users/batch',
    permission: 'users',
    title: 'Add, change and delete many users',
    help: 'Lines as in docs/users.md. A line that is refused leaves the others.',
    body: z.strictObject({ text, domain, mustChange: z.boolean().default(false) }),
    answer: z.object({
      lines: z.array(
        z.object({
          line: z.number(),
          address: z.string(),
          outcome: z.enum(['add', 'change', 'delete', 'refused']),
          text: z.string().describe('what is wrong with it'),
          password: z.string().optional().describe('one that was made up; told this once'),
        }),
      ),
    }),
    isSlow: true,
    triesItself: true,
    maxBodyBytes,
    run: async ({ staff, body, isDryRun }) => ({
      lines: await runBatch(staff, { ...body, isRehearsal: isDryRun }),
    }),
  }),
  endpoint({
    method: 'POST',
    path: '/import',
    permission: null,
    title: 'Take a table of another server over',
    help: 'As docs/receiving.md says. A line that is refused leaves the others.',
    body: z.strictObject({
      kind: z.enum(importKinds),
      text,
      domain,
      scope: z
        .enum(['client', 'helo', 'both', ...rewriteScopes])
        .optional()
        .describe('of access and canonical tables'),
    }),
    answer: z.object({
      lines: z.array(
        z.object({
          line: z.number(),
          what: z.enum(['add', 'change', 'same', 'refuse']),
          text: z.string(),
        }),
      ),
    }),
    isSlow: true,
    triesItself: true,
    maxBodyBytes,
    run: async ({ staff, body, isDryRun }) => ({
      lines: await (isDryRun ? planImport(body) : applyImport(body, staff.address)),
    }),
  }),
];

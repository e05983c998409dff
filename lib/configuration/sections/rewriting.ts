// Rewriting of addresses in a file.
import { z } from 'zod';
import { recordedRewrite } from '#lib/accounts/recorded.ts';
import {
  addRewrite,
  listRewrites,
  type RewriteInput,
  removeRewrite,
  rewriteScopes,
  updateRewrite,
} from '#lib/accounts/rewrite.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  scope: z.enum(rewriteScopes),
  pattern: z.string(),
  replacement: z.string().optional(),
  comment: z.string().optional(),
});

export const rewritingSection: Section = {
  name: 'rewriting',
  recorded: recordedRewrite,
  schema,
  identify: ({ scope, pattern }) => `${scope} ${pattern}`,
  list: async () =>
    (await listRewrites()).map(({ id, scope, pattern, replacement, comment }) => ({
      key: id,
      fields: { scope, pattern, replacement, comment },
    })),
  add: async (fields, by) =>
    (await addRewrite({ replacement: '', ...fields } as RewriteInput, by)).id,
  change: async (key, fields, by) => {
    await updateRewrite(key, fields, by);
  },
  remove: removeRewrite,
};

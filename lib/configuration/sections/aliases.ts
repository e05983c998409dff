// Aliases, wildcards and catch-alls in a file.
import { z } from 'zod';
import {
  addAlias,
  type NewAlias,
  posterKinds,
  removeAlias,
  updateAlias,
} from '#lib/accounts/alias.ts';
import { recordedAlias } from '#lib/accounts/recorded.ts';
import { db } from '#lib/db.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  address: z.string().trim().toLowerCase(),
  targets: z
    .array(z.string().trim().toLowerCase())
    .transform((targets) => [...new Set(targets)].sort())
    .optional(),
  comment: z.string().optional(),
  posters: z.enum(posterKinds).optional(),
  isDisabled: z.boolean().optional(),
});
type Item = z.infer<typeof schema>;

export const aliasesSection: Section = {
  name: 'aliases',
  recorded: recordedAlias,
  schema,
  identify: ({ address }) => String(address),
  list: async () => {
    const rows = await db.alias.findMany({ orderBy: { address: 'asc' } });
    const targets = Map.groupBy(
      await db.aliasTarget.findMany({ orderBy: { address: 'asc' } }),
      (target) => target.aliasId,
    );
    return rows.map(({ id, address, comment, posters, isDisabled }) => {
      const own = (targets.get(id) ?? []).map((target) => target.address);
      return { key: address, fields: { address, targets: own, comment, posters, isDisabled } };
    });
  },
  later: ['isDisabled'],
  add: async (fields, by) => {
    await addAlias({ targets: [], ...(fields as Item) } as NewAlias, by);
    return String(fields.address);
  },
  change: async (key, { address: _address, ...fields }, by) => updateAlias(key, fields, by),
  remove: removeAlias,
};

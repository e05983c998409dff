// Trusted networks in a file.
import { z } from 'zod';
import {
  addNetwork,
  listNetworks,
  parseCidr,
  removeNetwork,
  updateNetwork,
} from '#lib/accounts/network.ts';
import { recordedNetwork } from '#lib/accounts/recorded.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  cidr: z.string().transform(canonicalCidr),
  comment: z.string().optional(),
  expiresAt: z.iso.datetime().nullable().optional(),
});
/** What is wrong in it is said where it is added. */
function canonicalCidr(text: string): string {
  try {
    const { address, bits } = parseCidr(text);
    return `${address}/${bits}`;
  } catch {
    return text;
  }
}
type Item = z.infer<typeof schema>;

const toDate = ({ expiresAt }: Partial<Item>): Date | null | undefined =>
  expiresAt ? new Date(expiresAt) : (expiresAt as null | undefined);

export const networksSection: Section = {
  name: 'networks',
  recorded: recordedNetwork,
  schema,
  identify: ({ cidr }) => String(cidr),
  list: async () =>
    (await listNetworks()).map(({ cidr, comment, expiresAt }) => ({
      key: cidr,
      fields: { cidr, comment, expiresAt: expiresAt?.toISOString() ?? null },
    })),
  add: async (fields, by) => {
    const item = fields as Item;
    return (await addNetwork({ ...item, expiresAt: toDate(item) }, by)).cidr;
  },
  change: async (key, fields, by) => {
    const change: Partial<Item> = fields;
    await updateNetwork(key, { comment: change.comment, expiresAt: toDate(change) }, by);
  },
  remove: removeNetwork,
};

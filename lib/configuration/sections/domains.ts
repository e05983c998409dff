// Domains in a file, with their limits, what they are an alias of, archive and footer.
import { z } from 'zod';
import { addDomain, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { type Footer, findFooter, writeFooter } from '#lib/accounts/footer.ts';
import { recordedDomain, toDomainFields } from '#lib/accounts/recorded.ts';
import { db } from '#lib/db.ts';
import type { Section } from '../section.ts';

const schema = z.strictObject({
  name: z.string().trim().toLowerCase(),
  comment: z.string().optional(),
  isDisabled: z.boolean().optional(),
  quotaBytes: z.number().optional(),
  quotaMessages: z.number().optional(),
  maxUsers: z.number().optional(),
  maxAliases: z.number().optional(),
  aliasOf: z.string().optional(),
  archive: z.string().optional(),
  elsewhere: z.string().optional(),
  footerText: z.string().optional(),
  footerHtml: z.string().optional(),
  footerFor: z.enum(['outside', 'everyone']).optional(),
});
type Item = z.infer<typeof schema>;

export const domainsSection: Section = {
  name: 'domains',
  recorded: recordedDomain,
  schema,
  identify: ({ name }) => String(name),
  list: async () => {
    const rows = await db.domain.findMany({ orderBy: { name: 'asc' } });
    return rows.map((row) => ({ key: row.name, fields: toDomainFields(row) }));
  },
  later: ['isDisabled', 'aliasOf', 'archive', 'elsewhere', 'footerText', 'footerHtml', 'footerFor'],
  add: async (fields, by) => (await addDomain(fields as Item, by)).name,
  change: async (key, fields, by) => {
    const { footerText, footerHtml, footerFor, name: _name, ...change }: Partial<Item> = fields;
    if (Object.keys(change).length > 0) await updateDomain(key, change, by);
    const isFooter = [footerText, footerHtml, footerFor].some((part) => part !== undefined);
    if (isFooter) await changeFooter(key, fields, by);
  },
  remove: removeDomain,
  notes: { removed: 'Its DKIM keys and who looks after it do not come back.' },
};

async function changeFooter(name: string, change: Partial<Item>, by: string): Promise<void> {
  const now = (await findFooter(name)) ?? { text: '', html: '', for: 'outside' };
  const footer: Footer = {
    text: change.footerText ?? now.text,
    html: change.footerHtml ?? now.html,
    for: change.footerFor ?? now.for,
  };
  await writeFooter(name, footer, by);
}

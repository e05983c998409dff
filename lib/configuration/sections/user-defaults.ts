// What new users get, of a domain or of every one ("*"), in a file.
import { z } from 'zod';
import { closableProtocols } from '#lib/accounts/closed-protocols.ts';
import {
  listUserDefaults,
  nothingSaid,
  recordedUserDefaults,
  type UserDefaults,
  writeUserDefaults,
} from '#lib/accounts/user-defaults.ts';
import type { Section } from '../section.ts';

const limit = z.number().int().nonnegative().nullable().optional();

const schema = z.strictObject({
  domain: z.string().trim().toLowerCase(),
  quotaBytes: limit,
  quotaMessages: limit,
  mustChange: z.boolean().nullable().optional(),
  closedProtocols: z.array(z.enum(closableProtocols)).nullable().optional(),
  language: z.string().optional(),
  timeZone: z.string().optional(),
  welcomeSubject: z.string().optional(),
  welcomeText: z.string().optional(),
});
type Item = Partial<UserDefaults> & { domain: string };

export const userDefaultsSection: Section = {
  name: 'userDefaults',
  recorded: recordedUserDefaults,
  schema,
  identify: ({ domain }) => String(domain),
  list: async () => (await listUserDefaults()).map((each) => ({ key: each.domain, fields: each })),
  add: async (fields, by) => {
    const { domain, ...defaults } = fields as Item;
    await writeUserDefaults(domain, defaults, by);
    return domain;
  },
  change: async (key, { domain: _domain, ...fields }, by) => {
    await writeUserDefaults(key, fields, by);
  },
  remove: async (key, by) => {
    await writeUserDefaults(key, nothingSaid, by);
  },
};

// Relay rules in a file, in the order they are tried; of a password only that there is one.
import { z } from 'zod';
import { decryptSecret } from '#lib/accounts/secret.ts';
import { db } from '#lib/db.ts';
import {
  addressFamilies,
  relayNumbers,
  relayTargets,
  relayTlsModes,
} from '#lib/queue/relay-check.ts';
import { recordedRelayRule, toRelayFields } from '#lib/queue/relay-record.ts';
import {
  addRelayRule,
  moveRelayRule,
  type RelayRule,
  type RelayRuleInput,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { describeConditions } from '#lib/queue/relay-words.ts';
import type { Section } from '../section.ts';

const text = z.string().optional();
const number = z.number().nullable().optional();

const schema = z.strictObject({
  recipient: text,
  sender: text,
  user: text,
  target: z.enum(relayTargets).optional(),
  hosts: text,
  fallbackHosts: text,
  fallbackAfter: z.number().optional(),
  tlsMode: z.enum(relayTlsModes).optional(),
  username: text,
  password: text,
  sourceIpv4: text,
  sourceIpv6: text,
  helo: text,
  family: z.enum(['', ...addressFamilies]).optional(),
  ...(Object.fromEntries(Object.keys(relayNumbers).map((name) => [name, number])) as Record<
    keyof typeof relayNumbers,
    typeof number
  >),
  text,
  comment: text,
});

export const relayRulesSection: Section = {
  name: 'relayRules',
  recorded: recordedRelayRule,
  // Two rules for the same mail are told apart by whether they hold it (refuseDouble).
  schema,
  identify: ({ recipient = '', sender = '', user = '', target }) =>
    `${describeConditions({ recipient, sender, user } as RelayRule)}${target === 'hold' ? ' held' : ''}`,
  secrets: ['password'],
  readSecret: async (key) => {
    const row = await db.relayRule.findUnique({ where: { id: key } });
    return row?.secret ? decryptSecret(row.secret) : null;
  },
  list: async () => {
    const rows = await db.relayRule.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }] });
    return rows.map((row) => {
      const { position: _position, ...fields } = toRelayFields(row);
      return { key: row.id, fields };
    });
  },
  add: async (fields, by) => {
    const { position, ...input } = fields as RelayRuleInput & { position?: number };
    return (await addRelayRule(input, by, position)).id;
  },
  change: async (key, fields, by) => {
    await updateRelayRule(key, fields as RelayRuleInput, by);
  },
  remove: removeRelayRule,
  move: moveRelayRule,
  group: () => '',
};

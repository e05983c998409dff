// What the history of the configuration (lib/history/revise.ts) keeps of relay rules; key: the rule's id.
import type { db } from '#lib/db.ts';
import { type Fields, maskSecret, type Recorded } from '#lib/history/revise.ts';
import type { RelayRule } from './relay-rule.ts';
import { describeConditions } from './relay-words.ts';

type Row = NonNullable<Awaited<ReturnType<typeof db.relayRule.findUnique>>>;

export const recordedRelayRule: Recorded = {
  kind: 'relay rule',
  read: async (tx, id) => {
    const row = await tx.relayRule.findUnique({ where: { id } });
    return row && toRelayFields(row);
  },
  describe: (_id, fields) => `relay rule ${describeConditions(fields as RelayRule)}`,
};

/** Of its row; of the password only whether it is another one. */
export function toRelayFields({ id: _id, createdAt: _at, secret, ...row }: Row): Fields {
  return { ...row, password: maskSecret(secret) };
}

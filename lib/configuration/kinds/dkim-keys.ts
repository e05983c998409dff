// DKIM keys: those that were made and do not sign yet can go again.
import { recordedDkimKey, removeDkimKey } from '#lib/accounts/dkim-key.ts';
import { db } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import type { Revertible } from '../section.ts';

const never = async () => {
  throw new Error('keys are made and activated on the page of their domain');
};

export const dkimKeyKind: Revertible = {
  recorded: recordedDkimKey,
  refuses: {
    changed: 'Activate or retire keys on the page of the domain, which looks at the DNS.',
    removed: 'The private key is gone: make new keys.',
  },
  add: never,
  change: never,
  remove: async (key, by) => {
    const fields = await recordedDkimKey.read(db, key);
    if (!fields) throw new Refusal('not-found', 'This key is not here any more.');
    await removeDkimKey(String(fields.domain), String(fields.selector), by);
  },
};

// Taking back that a user or a shared mailbox came or went, by the same deletion and restoring as in the panel: mail, password,
// memberships and all else wait meanwhile. Never for good, because an undo can be taken back itself.
import { readAccount } from '#lib/accounts/account.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { Refusal } from '#lib/errors.ts';
import { readSetting } from '#lib/settings/index.ts';
import type { Revertible } from './section.ts';

export const restorable: Pick<Revertible, 'remove' | 'restore' | 'notes'> = {
  remove: async (id, by) => {
    if ((await readSetting('storage.deletedUserDays')) === 0) {
      throw new Refusal(
        'forbidden',
        'Who is deleted is removed for good here (storage.deletedUserDays is 0), with all mail: do that on their own page.',
      );
    }
    if ((await readAccount(id))?.address === by)
      throw new Refusal('forbidden', 'This is yourself.');
    await deleteAccount(id, by);
  },
  restore: async (id, by) => {
    if (!(await readAccount(id))) {
      throw new Refusal('not-found', 'It was removed for good by now, with all mail.');
    }
    await restoreAccount(id, by);
  },
  notes: {
    added: 'It is deleted as on its own page: until it is removed for good it can be restored.',
  },
};

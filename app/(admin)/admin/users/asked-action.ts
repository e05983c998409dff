// What the dialogs of the list of users ask for.
import { type UserAction, userActionSchema } from '#lib/accounts/bulk-users.ts';
import { Refusal } from '#lib/errors.ts';
import { sizeField } from '../../limit-fields.ts';

/** A quota as it was written. */
export type AskedAction = Exclude<UserAction, { do: 'quota' }> | { do: 'quota'; quota: string };

const quotaField = sizeField(null, 'Give a size such as 500 MB or 5 GB, 0 for none, or nothing.');

/** Refusal 'invalid'. */
export function readAction(asked: AskedAction): UserAction {
  const quota = asked.do === 'quota' ? quotaField.safeParse(asked.quota) : null;
  const given = quota ? { do: 'quota', quotaBytes: quota.data } : asked;
  const action = userActionSchema.safeParse(given);
  const issue = quota?.error?.issues[0] ?? action.error?.issues[0];
  if (!action.success || issue) throw new Refusal('invalid', issue?.message ?? 'No such action.');
  return action.data;
}
